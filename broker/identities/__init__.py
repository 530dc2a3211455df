"""Which person this is, and the name that each service knows them by.

    keys   how each kind of identity key is spelled, for logins and for administrators alike
    store  persons by keyed hashes, and their names
    numbers  persons by keyed hashes of CPR numbers, for whoever asks what is kept of them

Only keyed hashes of what identifies a person are kept; the names we give are random.
"""
