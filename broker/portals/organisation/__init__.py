"""What an organisation's administrators do for the people in it.

views        every page, in the order of the menu
overview     the work list

requests     what waits for an answer: the list, approve, refuse, ask back, take
asked        one request with all that its answer depends on
forwarding   a request sent on, and a narrower delimitation for it

people       who works here, searched; person is one of them, held is all that they have and why
adding, moving, merging
             somebody new, another unit, gone and back, two made one
giving       a role in four steps: which, where, until when and why, and is this right
changing     its last day, a narrower delimitation, taking it back
copying      from a colleague, as a list to tick
groups, bundles
             roles given to several people, and several roles given at once
expiring     what ends soon, and several of them extended
access       who has access to what on a day, and as a file

importing, batches
             a spreadsheet of people and roles: preview, apply, undo
mandates, substitutes, claiming
             who administers, who stands in, and how somebody new comes in
history, telling
             what happened in the organisation, in words
cases        more services asked for

counter, here, holders, finding, entitled
             the services behind the pages, and whose pages they are
picking, browsing, tokens
             a delimitation chosen in the tree; all that is chosen stands in the address
wording, dates, units, pages
             names before codes, days as people write them
store        lists found, counted and cut in SQL
"""
