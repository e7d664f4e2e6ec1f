"""What evaluating takes: arrays bound to names, arithmetic chosen, and two ways to run the loop nests."""
