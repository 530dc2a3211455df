"""The operator's desk: looking at people, activations, health, mail and mappings."""
