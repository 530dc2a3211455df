"""Vendors who build against an interface of a service: access to its test environment.

    model         an access and how it stands; its certificates; what happened
    certificates  what is said of the certificate that a system is to use in test
    interfaces    the interfaces that there are, and when the old ones end
    asking        what a vendor asks for, and the case that decides it
    tables, store
                  every statement; what happened is only added to
    granting      what the last approval of the case carries out
    service       a new certificate, given back, extended, revoked
    letters, reminding, making
                  what vendors are told, and when

    asking(connection, catalogue, "sundhed", party, wanted, at)     the opening of a case
    VendorService(…).revoke(party, access, reason)

The promises: nobody gets access without declaring that they send fictive data alone; a certificate
of production or of another company is refused; an access ends with its interface, on its own day
at the latest, and by whoever asked or the service's owner at any time. What was granted, with
which certificate and by whom, stays readable.
"""
