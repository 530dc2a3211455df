"""A whole federation on loopback, for people and for tests; everybody in it is fictive.

keys        a throw-away OCES3-style chain, made at run time; `authority` and `certificates`
            have its authorities and the parts of what they issue
data        tables: organisations and people, what they are granted, what each login comes to
homes       the fictive organisations
people      the fictive people, with the privileges that their identity providers send
clerk       the real services that set organisations up, all in one transaction
organising  organisations, administrators and people; `giving` has what they are granted
descriptor  the parties' own metadata
idp         identity providers where the visitor picks a person; `speaking` is what they say
sp          services that show who arrived and what they were told; `sp_pages` and
            `service_list` are their pages, `leaving` how everybody logs out
told        roles as a service reads them; `words` has their names and those of units
federation  keys, metadata, broker, services and identity providers wired together
sites       all of it served on loopback, on two different sites
visitor     a scripted browser that logs in as a person would
once        whole logins for the command line, hop by hop
everything  each service with each identity provider, held against what is `planned`
rehearsal   NemLog-in's integration tests, whose cases are `nemlogin`
drill       a change of our keys on a moved clock, with partners like those in the field
"""
