"""Organisations, the people who work in them, and who may administer what."""
