"""Which person this is, and the name that each service knows them by.

Only keyed hashes of what identifies a person are kept; the names we give are random.
"""
