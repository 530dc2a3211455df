"""What was decided about activations, when, by whom and why; every decision is kept.

tables, store   one row for each decision, whether a command or a document made it
"""
