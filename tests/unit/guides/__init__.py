"""The guides for people."""
