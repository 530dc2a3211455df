"""Grants: the query of effective ones, and the services that change them."""
