"""What the portals read, on both engines."""

"""Parts of the portals that need no browser."""
