"""How each identity provider is doing, from real logins: R8, nobody is sent away by it.

model           what happened in a minute; a verdict with the numbers behind it
counts          what this process saw, in memory, handed over as one row a minute
tables, store   minutes summed up over every node
verdict         minutes and a clock to failing, well or unknown: pure, and the same everywhere
snapshot        the verdicts of one process, a few seconds old, read without a query
alternatives    what else the person may use, of the same level, where one is failing
probe           the identity provider's own address, asked from outside any login
"""
