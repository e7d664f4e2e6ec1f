"""Equations on arrays: binding names, choosing the arithmetic, and two ways to run the loop nests."""
