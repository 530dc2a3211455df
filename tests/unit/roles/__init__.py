"""Roles: the catalogue, who is granted what, and how a service is told."""
