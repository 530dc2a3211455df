"""Requests: who may decide what, when an answer is due, and what becomes of it."""
