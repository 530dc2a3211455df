"""The login flow: its hops, its URLs, and the rule that hops never call one another.

    /<federation>/saml/sso           GET, POST   AuthnRequest from a service
    /<federation>/saml/discovery     GET, POST   which IdP
    /<federation>/saml/acs           POST        Response from an IdP
    /<federation>/login              GET         a start link: a service and a login of it
    /<federation>/saml/organisation  GET, POST   for which organisation, where there are several

`flow` is the one place that picks the next hop, from the state it opened and nothing
else. The machine (state.TRANSITIONS; a test compares it with this drawing):

    AuthnRequest      sp_request    AwaitingChoice
    AwaitingChoice    session       Accepted
    AwaitingChoice    discovery     AwaitingChoice | IdPChosen
    AwaitingResponse  discovery     IdPChosen
    IdPChosen         idp_request   AwaitingResponse
    AwaitingResponse  idp_response  Accepted
    Accepted          idp_response  Permitted
    Permitted         mapping       AwaitingChoice | Outgoing
    AwaitingChoice    organisation  AwaitingChoice | Accepted
    Outgoing          sp_response   Finished
"""
