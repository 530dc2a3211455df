"""Whole logins in one process, and what holds for them."""
