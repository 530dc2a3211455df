"""Code lists: numbers, files, history, hierarchy and what a load does."""
