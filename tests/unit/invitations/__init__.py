"""Invitations into the team of a service."""
