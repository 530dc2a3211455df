"""Who may do what at which service, and who said so.

model       frozen facts: services, roles, rules, and what is issued
documents   the catalogue parts of TOML documents, with every mistake named
tables      of the catalogue
catalogue   loaded from documents with its history, read as one snapshot
grants      who got what, by whom, when and why
requests    asking for roles, and approving in stages
reviews     asking again whether people still need them
importing   people and grants out of spreadsheets
exporting   any list as CSV, XLSX or JSON that is safe to open
"""
