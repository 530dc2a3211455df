"""The wheel: everything the broker needs travels in it, and nothing else."""
