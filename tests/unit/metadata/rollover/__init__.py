"""How our own keys change."""
