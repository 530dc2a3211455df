"""One shell, four portals: what people see of organisations, roles, services and the federation.

The portals are one service provider of the broker itself, one for each federation (D7): nobody
has a password here, and an operator's own login is the first test of every release. No rule
lives in a portal. What somebody may do is asked of `broker.organisations.permissions`, and what
is done is done by the services below.

    partner      the service provider: its entityID, addresses and key
    registering  how it comes to be registered at the broker, which is also when its key is made
    signin       sent to the broker, and the broker's answer verified like any service's
    leaving      logout, begun here or elsewhere, in the words of SAML
    model, tables, store
                 portal sessions: rows that a cookie finds by a keyed hash
    person       the person at the screen: account, organisation, mandates, level
    permissions  what a page needs of a person, and what is missing
    office       what every portal is made of

    routes       Section and Route: how a portal adds its pages
    gate         who is there (Flask-Login), what the route needs, and forms of our own only
    shell        page(): a template inside the shell, with navigation and breadcrumb
    forms        forms with kept input, their validators, and what somebody else changed meanwhile
    moments      dates and times as people type them in Denmark
    health       how everything that runs is doing, and what to do
    looking      why somebody of the desk looks at people, and whom they looked at
    emergency    in past the login, by a link that two people make on the host
    mounting     pages put behind the gate
    listing      pages of long lists
    switching    changes of certificates, as both the owner and the operator see them
    drills       rehearsals of such a change, each in a process of its own
    notices      which mails somebody wants: a page of the employee's portal
    casework     cases as each portal shows them
    employee, organisation, owner, operator, applicant
                 the portals: `views.section(office)` lists the pages of each
    views        signing in and out, the home page, the choice of organisation, and the mounting
"""
