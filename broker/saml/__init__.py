"""Verified messages out, never unverified XML: everything that touches SAML bytes.

Reading order: names, vocabulary, assurance and messages are the words; xml and schema are the
one hardened parse, and dictionary is what it must not remember; keys, signatures and encryption
are the cryptography; bindings turn HTTP into bytes and back; authn_request and response read and
write whole messages; privileges and authorisations read what some attributes hold; checks are
the numbered refusals; engine is the one place that knows pysaml2.

The promise: whatever leaves this package under a name without `Unverified` in it was
read from exactly the bytes whose digest and signature were verified.
"""
