"""The public code lists that delimit roles: SOR, SHAK, SKS, CVR and P-numbers.

    numbers    the shape and check digit of each kind of code
    model      facts: a value, a finding, what a load would do
    lines      bytes of a file to lines of text, within limits
    dates      the dates of the files, as instants
    formats    the published files, each to rows of one shape
    reading    a whole file: which format it is, its rows, and what is wrong with it
    timeline   what is known of one code over time, and what a file changes of it
    tree       where codes hang: parents found, orphans and cycles cut loose
    planning   what a file would change of a list
    tables     the tables
    store      SQL: look-ups for everybody, and what a load writes
    service    preview and apply
    seed       the synthetic lists that travel with the broker

The promises: a code is never deleted, only closed. What it was called and where it hung at
a past instant can still be told. "With everything below" is one indexed look-up, at any
instant, and a unit that was closed stays below what it last hung below.
"""
