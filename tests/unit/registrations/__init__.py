"""Registrations: what is pure in them."""
