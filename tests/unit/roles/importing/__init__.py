"""Spreadsheets in and out: what is read, what is refused, and what a batch does."""
