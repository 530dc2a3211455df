"""A service's certificates at its owner's portal."""
