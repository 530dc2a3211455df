"""Parts of the portals that need no browser."""
