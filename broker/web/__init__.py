"""What every page shares: one look, two languages, the same headers, the same error page.

    setup       install(): everything below, put on one Flask application
    render      page(): a template with its context as a response
    language    Danish or English for this request, and texts that wait for it
    texts       explain(): a code as words that a person can act on
    limiting    who is refused again and again waits: 429, counted in each worker
    proxy       the same pages for what the reverse proxy refuses by itself
    errors      404, 405, 413 and surprises, all as the same page with a reference
    headers     the security headers of every response
    logging     one JSON line per event, without CPR numbers
    reference   ids that a person can read aloud
    site        what install() knows and the rest asks for

Templates lie in `templates/`. Texts are English in code and templates, and Danish in
`translations/da`; `babel.cfg` tells how to find them.
"""
