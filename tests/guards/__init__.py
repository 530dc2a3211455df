"""Guard mutation: each guard of the verification path is taken out in turn, and a test must fail.

    finding    the guards, by reading the source: conditions that refuse, and lists of checks
    swapping   one guard taken out of the running program
    running    pytest's side: collects once, forks for each guard, likeliest tests first

`make guards` runs all of it and prints each guard with the test that missed it.
"""
