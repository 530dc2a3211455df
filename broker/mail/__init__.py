"""Mail: written with what it tells about, sent afterwards, and to nobody twice.

    milestones  when somebody is reminded of a switch or an expiry: pure
    addresses   what counts as a mail address
    facts       what each kind of mail tells
    people      what mails about roles, requests and administrators tell
    cases       what mails about cases tell
    kinds       every kind of mail, and an example of each
    templates   words from `templates/mail/`, or from the operator's own folder
    model       a mail, and how it stands
    tables, store
                the outbox, which a mail enters in the transaction of its event
    wording     the operator's own words, in versions
    trail       what became of mails, without their words
    letters     one event to its recipients: words, addresses, outbox
    html        the same words for readers who see HTML: made of the text, never of a template
    message     a mail as bytes for the post
    smtp        the post: SMTP, or the console while developing
    sender      from the outbox to the post, with patience
    bounces     what comes back

    with writing(engine) as connection:
        ...                                            # what happens
        letters.put(connection, Event(...), recipients, at)   # and who is told of it

The promises: a mail is there if its event is, and only then. It is sent at least once, under one
Message-ID, and nobody gets two for the same kind, thing and milestone. No mail holds a CPR number,
and nothing that a partner wrote reaches its headers or links elsewhere.
"""
