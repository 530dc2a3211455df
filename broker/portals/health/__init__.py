"""How everything that the operator is in charge of is doing, and what to do where it is not well.

model   a thing with its state and a sentence of what to do
store   what is read beside what others' stores give: jobs, the database's clock
board   every section, gathered for one federation
"""
