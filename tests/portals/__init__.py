"""The portals over HTTP, as each kind of person."""
