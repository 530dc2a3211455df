"""Who is in the federation, and why we believe it.

    model       frozen facts: federations, services, identity providers, keys
    showing     what people are shown of them: page, look, networks, logos
    documents   TOML tables to facts, with every mistake named; `decisions` reads a federation,
                service or identity provider, `speech` how it speaks, `defaults` where nobody said
    seed        which kind of document a file is, and the files an installation begins with
    source      metadata from a file or an address, with limits, on networks that are `public`
                and within a `deadline`; `asking` is the request itself
    trust       what may replace what: one object decides, by `trust_rules` and `trust_feeds`
    tables, store, service
                every version kept; one load is one transaction with its audit row
    registration, toml_load, report, homes
                one load at work, document by document, and what it says of each
    dated       versions that count from an instant on
    instants    how an instant is told to people
    differences what changes between two documents, in words
    sources     what partners publish: asked again and again, judged, and taken in
    mappings    what each service is told, in versions with a history
    companion   what is said in the same documents and kept elsewhere, in the same transaction
    certificates, certificate_policy
                may this certificate be used here, and what a federation demands
    revocations what issuers say of them, kept so that no login asks
    admission   the door that keys pass on their way into the registry
    expiry, inventory
                who should hear that one runs out; every certificate with its verdict
    activation, activation_document, activations
                whether an IdP may be used for a service: facts, their document, what is offered
    waves, activating, announcing, history
                one IdP at many services: decided, carried out, told of, and every decision kept
    registry    an immutable snapshot for the login path, read anew when the revision moves
                or the clock passes a date; `counting` says what counts, `shelf` reads it
    keyring     our own keys: made once, owner-only; `keyrings` has them by epoch
    published, publish, listing, views
                our own signed EntityDescriptors, in every phase of a change of keys
    epochs      keys of ours that are to come
    rollover    from one of our keys to the next
    readiness   who is ready for such a change, and how we know
    postponing  services that ask to be switched later than the others
    fetching    how a partner's program is known that fetches them
    kept_keys, partner_keys
                partners' own changes of keys
    notices     who is told of all this by mail, once

The promise: the newest accepted load is in force everywhere at once, and a load that is
refused leaves the last good one alone.
"""
