"""The catalogue: loaded from documents with its history, read as one snapshot.

store     every statement on its tables
loader    what a document says, checked against what is there
desk      one load at work: which row follows which
snapshot  everything, as it was and will be, in memory
cache     the snapshot of one process
"""
