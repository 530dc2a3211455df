"""The operator's own words of mails: in versions, checked before they count, and taken back.

model          the four texts of a kind, to a template and from one; a version of them
checking       whether they can be written, say no CPR number, and link to nobody else
tables, store  every version kept; the newest counts, and may be the shipped one again
service        changed by an operator, with its audit row
"""
