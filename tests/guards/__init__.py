"""Guard mutation: each guard of the verification path is taken out in turn, and a test must fail.

    finding    the guards, by reading the source: conditions that refuse, handlers, lists of checks
    changing   what can be done to one in a tree
    noticing   every module as it is, but each guard tells in which tests it decides
    swapping   one guard taken out of the running program, or everything put back
    forking    tests run in a fork: what became of each
    running    pytest's side: only where a guard decides a test is tried, the likeliest first
    reasons    guards that no test can miss, each with why

A guard counts as missed by a test that fails without it and passes when the same swap leaves it in.
`make guards` runs all of it, prints each guard with that test and ends badly for any that is left.
"""
