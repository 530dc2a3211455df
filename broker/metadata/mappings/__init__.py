"""The mapping of a service in versions: drafted, tried in shadow, in force for a time, kept.

    model    versions and what counting them showed, frozen
    tables, store
             every version kept, and how a version in shadow would have differed
    desk     what may become of a version, inside a transaction with its audit row
    service  the same for administrators

Which version counts is read from its period at the moment of a login; nothing flips a flag.
What a document means is read above, in `broker.attributes`.
"""
