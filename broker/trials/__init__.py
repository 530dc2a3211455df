"""Test logins: an owner chooses what their own test service is told, and sees what was sent.

The identity provider behind it is ours, speaks of made-up people alone, and is there in test
environments only: it has no address in another, and what it says counts in no other.

    model, tables, store
                what was chosen for one login, and what came of it
    people      the made-up people to choose from
    faults      what can be wrong on purpose, on which side
    idp         the identity provider: its key, its metadata, its answers
    registering how it comes to be known in a test environment
    service     choose, find again by the browser's cookie, keep what was sent
    answers     the chosen roles in place of those that somebody would have
"""
