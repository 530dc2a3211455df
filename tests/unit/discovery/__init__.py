"""The parts of the discovery page: letters, search, memory, networks, pictures."""
