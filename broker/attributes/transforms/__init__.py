"""The named steps that a service's mapping may run on claims, one table of small pure functions.

    arguments    the arguments of a step, read and checked when a document is loaded
    moving       rename, copy, keep, drop, defaults
    people       full names, first and last names, and texts made of several claims
    identifiers  UUIDs, Uids of OIOSAML 2, levels of assurance
    values       tables, prefixes, patterns, lists
    health       authorisations and privileges
    table        every step by its name, and how a document's list of them is read

A step that finds nothing to work on says so in the trace and leaves the claims as they are.
A trace names claims and counts values; it never holds a value.
"""
