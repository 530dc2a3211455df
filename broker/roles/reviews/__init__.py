"""Asking again whether people still need what they have.

    model       campaigns, what was frozen of each grant, and what was decided: frozen facts
    words       every reason, in Danish and English
    store       every statement on campaigns and their items
    freezing    what a campaign is about, as it was when it opened
    reviewers   who may decide an item
    applying    what an answer does
    service     open, decide, take back, apply
    evidence    what a campaign found, with a hash to compare it by
    candidates  grants to look at between campaigns: moved, unused, closed, deprecated

A campaign is about what held when it opened, whenever somebody first looks; what was given
later is for the next one.
"""
