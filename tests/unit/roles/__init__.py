"""Roles: the catalogue, grants, and what is issued at login."""
