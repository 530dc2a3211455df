"""Single logout that tells the truth, in every direction. SAML Profiles 4.4; R21.

    /<federation>/saml/slo               GET, POST  logout messages of services
    /<federation>/saml/slo/soap          POST       the same, without a browser
    /<federation>/saml/sp/slo            GET, POST  logout messages of identity providers
    /<federation>/saml/sp/slo/soap       POST       the same, without a browser
    /<federation>/saml/logout            GET, POST  our own page: what is open, and end it
    /<federation>/saml/logout/<id>       GET, POST  how it goes, one button for each service

The session is deleted before anybody else is told. Partners that take SOAP are asked in
parallel, each with a time limit; a partner that is reached through the browser only has one
step of its own, so that one that hangs delays nobody. What nobody confirmed is called so.

model    what a logout is, step by step, and how it came out
store    its rows: any node goes on with what another began
reading  messages in: verified, checked, used up
writing  messages out
soap     asking partners in parallel
service  what happens, in which order
views    HTTP
"""
