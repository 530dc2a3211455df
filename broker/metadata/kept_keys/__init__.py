"""Certificates that a partner dropped, and that count on until an instant because somebody said so.

    model     a kept certificate: frozen
    tables, store
              who kept which, until when, and why

A partner that leaves a key out of its metadata may have lost it, so that nothing is kept by
itself. Only a certificate that an accepted document of the partner once held can be kept; one
that is to come is brought by the partner's own people (`broker.metadata.partner_keys`).
"""
