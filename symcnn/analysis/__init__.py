"""What follows from costs: scaling, optima under a budget, capacity, time on a machine, sweeps, pictures."""
