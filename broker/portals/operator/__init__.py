"""What the operator of the federation does."""
