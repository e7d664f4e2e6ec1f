"""Everything that is read off the equations: shapes, operations, memory, lowering, receptive fields."""
