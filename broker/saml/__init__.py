"""Verified messages out, never unverified XML: everything that touches SAML bytes.

Reading order: names, assurance and messages are vocabulary; xml and schema are the
one hardened parse; keys, signatures and encryption are the cryptography; bindings
turn HTTP into bytes and back; authn_request and response read and write whole
messages; checks are the numbered refusals; engine is the one place that knows pysaml2.

The promise: whatever leaves this package under a name without `Unverified` in it was
read from exactly the bytes whose digest and signature were verified.
"""
