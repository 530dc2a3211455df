"""How people get on with the discovery page, in sums that hold no person.

model           one choice, and what it is summed up as
choices         what this process saw, in memory, handed over at most once a minute
tables, store   hours summed up over every node
report          the sums as shares and medians, by service and identity provider
picture         the same as a picture
"""
