"""The benches measure what they say; how fast anything is, no test of the suite asks."""
