"""Statistics of the discovery page: sums, shares, the picture."""
