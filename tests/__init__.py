"""The tests mirror broker/; beside them stand whole flows, hostile messages and house rules."""
