"""Organisations, people, mandates and groups: who may do what, and what was so when."""
