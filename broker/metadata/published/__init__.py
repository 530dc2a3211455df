"""Our own metadata, in every phase of a change of keys.

    drafting    which keys and addresses stand in which document now: pure
    changing    until when a document stays as it is: pure
    keys        what the documents need of our keys
    writing     a draft and its keys to signed bytes
    tokens      an address of its own for each partner, that nobody guesses
    comparing   what differs between two documents, for people

A draft decides the bytes: every node that draws the same draft writes the same document.
"""
