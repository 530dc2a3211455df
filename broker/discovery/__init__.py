"""The discovery page: what it lists, how it is searched, and what a browser remembers of it.

    folding      letters folded for the search, and the order of the Danish alphabet
    cards        an identity provider with all that is worked out once for each snapshot
    search       names, nicknames, numbers and towns to those that were meant
    listing      what the page shows, section by section
    memory       the one cookie: used last, remembered, and nobody named
    desk         memory, list and choice together, for somebody who comes to choose
    networks     the registered network that a browser comes from, if any
    protocol     the SAML discovery protocol; return addresses from metadata only
    views        logos, colours, the reset page, the accessibility statement, idpdisc

Hop 2 of a login decides with these; the page itself is `login.views`.
"""
