"""Vendors at the test environments of services, and the interfaces that end."""
