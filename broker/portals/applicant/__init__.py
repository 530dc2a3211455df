"""Applying, for people whom no organisation here knows: an application, its case, its links."""
