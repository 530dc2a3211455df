"""Vendors at the portals: access to a test environment, and interfaces that end."""
