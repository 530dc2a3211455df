"""The runner of guards."""
