"""Changes of certificates at the portals."""
