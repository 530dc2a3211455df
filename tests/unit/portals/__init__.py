"""What the portals read, on both engines."""
