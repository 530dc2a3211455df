"""The hops, one by one, and the state that travels between them."""
