"""Counters that only grow: what was refused, who was told to wait, and which peers crowd. R8, R17.

model           what is counted, by which labels
counting        what this process counted, in memory, handed over at most once a minute
tables, store   the sums of all nodes since the beginning

Labels are registered federations and peers and the codes that this program knows, so that nobody
outside can make another row. A process that ends takes with it what it counted since it last
handed over.
"""
