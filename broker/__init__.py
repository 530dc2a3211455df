"""A SAML federation broker with user management: the map of the house.

Packages in import order; each may import only what stands below it:

    cli          the `broker` command
    demo         a whole federation on loopback, for people and for tests
    app, jobs    create_app(): the one list of everything mounted; what happens by itself
    bootstrap    build(): every service made once, in order, by hand
    upkeep       the same for what jobs and commands keep up to date, beside bootstrap
    portals      what people see and change: one shell, a section for each kind of person
    vendors      who builds against an interface: test access, and the end of old interfaces
    cases        what is asked for and decided step by step, with a history that all can see
    invitations  into the team of a service, beside cases
    guides       pages for partners, such as every reason code
    notices      mail about roles, requests and people, to whom it matters, beside guides
    logout       single logout, beside guides
    rehearsal    trying the next key in one browser, beside guides
    registrations  a service from nothing to production, beside guides
    login        the login flow and its six hops
    sessions     single sign-on: who is logged in here, and at which services
    trials       test logins: owners choose what their own test service is told
    attributes   from what an IdP said to what a service is told
    roles        who may do what at which service, and who said so
    organisations  organisations, their people, and who may administer what
    codelists    the public code lists that delimit roles
    identities   which person this is, and the name each service knows them by
    health       how each identity provider is doing, from real logins
    statistics   how people get on with the discovery page, in sums without people
    discovery    the page that asks where to log in: listing, search, what is remembered
    metadata     who is in the federation, and why we believe it
    mail         what people are told of, in an outbox that commits with it
    audit, web, sealing
                 what happened, in a chain; what every page shares; what cookies hold, sealed
    saml, db     verified messages out, never unverified XML; one engine, one transaction
    settings     raw environment to one frozen value
    resources    the files that travel with the code
    errors, clock, periods

One login is six hops, and hops never call one another; `login.flow` picks the next:

    1 sp_request    AuthnRequest from a service: decode, verify, accept
    2 discovery     which IdP: those active for the service now, or ask
    3 idp_request   our AuthnRequest to the IdP
    4 idp_response  the IdP's Response: decode, verify, check, accept
    5 mapping       which organisation, with which roles; all of it in the service's terms
    6 sp_response   our Response: assert, sign, encrypt
"""

__version__ = "0.1.0"
