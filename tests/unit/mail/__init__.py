"""Mail: when, to whom, in which words, and through a real server that does not always want it."""
