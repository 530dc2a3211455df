"""Who is in the federation: what is accepted, what replaces what, what a login looks up."""
