"""Cases at the portals: members that join and get more, and identity providers, over HTTP."""
