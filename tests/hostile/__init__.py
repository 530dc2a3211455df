"""Messages to be refused, each with the reason that its row names, and honest ones beside them.

Rows carry the ids of the attack catalogue where they have one: A wrapping and
exclusion, B markup and canonicalisation, C keys and algorithms, D context, E requests,
G metadata, H exhaustion.
"""
