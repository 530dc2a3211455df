"""Who may do what at which service, and who said so.

model       frozen facts: services, roles, rules, and what is issued
documents   the catalogue parts of TOML documents, with every mistake named
tables      of the catalogue
catalogue   loaded from documents with its history, read as one snapshot
grants      who got what, by whom, when and why
rules       the life of a derive rule, from proposed to retired
requests    asking for roles, and approving in stages
reviews     asking again whether people still need them
importing   people and grants out of spreadsheets
exporting   any list as CSV, XLSX or JSON that is safe to open

understood  what we take of the privileges that an IdP sends
asking      what is asked for one login: prepared, then resolved
derive, scoping, conflicts
            rules, delimitations and separation of duties, as pure functions
resolve     all of it to one answer; forms writes it as the service reads it
explaining  why somebody has a role at an instant, and why not; reasons has the words
"""
