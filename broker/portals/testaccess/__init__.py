"""Vendors' access to test environments as each portal shows it: one view, for whoever looks.

wording   states and events in words
making    the services of vendors, made of the office
showing   an access with its certificates and its evidence
pages     the pages of those who decide: the list, one, extended, revoked
"""
