"""What issuers say of the certificates we use, kept so that no login waits for a network.

    model      what a refresh did, for a person to read
    tables, store
               one answer a certificate, and the certificates that somebody waits for
    asking     one certificate: its lists and responders, in the order of the policy
    service    every certificate of every federation that wants answers; one transaction at the end

The promise: an answer counts by the clock until its own end, a newer one is never replaced by an
older, and what cannot be verified changes nothing.
"""
