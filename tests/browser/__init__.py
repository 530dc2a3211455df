"""A real Chromium on the demo's two sites, with script and without, and axe on every page."""
