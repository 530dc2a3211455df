"""The demo: its certificates and its people."""
