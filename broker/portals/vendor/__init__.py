"""Vendors who build against an interface: what they ask for, and what they have.

forms     the form of an application, and of a new certificate
asking    the application, prefilled with what the login and an earlier access say
keeping   one access: a new certificate, given back
views     the pages, each with what it needs of the person: nothing but a login
"""
