"""The one package that imports pysaml2: typed arguments in, typed results out.

pysaml2 is the vocabulary here: its classes build what we send, and read elements
that were verified already. It never parses, verifies, encrypts or decides.
"""
