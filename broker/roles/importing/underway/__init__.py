"""Long imports while they are carried out: how far they are, and how they ended.

tables, store   one row for each batch, written beside the transaction that does the work
carrying        the work in a thread of its own, so that a browser need not wait for it
"""
