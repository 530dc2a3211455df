"""A whole federation on loopback, for people and for tests; everybody in it is fictive.

keys        a throw-away OCES3-style chain, made at run time
people      fictive staff, their organisations and privileges
descriptor  the parties' own metadata
idp         identity providers where the visitor picks a person
sp          services that show who arrived and what they were told
federation  keys, metadata, broker, services and identity providers wired together
sites       all of it served on loopback, on two different sites
visitor     a scripted browser that logs in as a person would
once        whole logins for the command line, hop by hop
"""
