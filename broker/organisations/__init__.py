"""Organisations, the people who work in them, and who may administer what.

    model        frozen facts; tables has their rows, store every statement on them
    permissions  the one table of who may do what
    words        what administrators may write, and never a CPR number
    desk         one change at a time: its transaction, its permission, its records
    hooks        what packages above take part in: grants that move, roles that conflict

    service      organisations through their lives; merging joins two of them
    people       the people of one; uniting makes accounts one person
    linking      ways to sign in, and the accounts they find (R22); claims has the codes
    codes        how codes are made and compared
    arrivals     what a login tells about accounts; joining is a first visit without one
    mandating    who administers what; substituting for a while, appointing from day one
    grouping     groups, which nobody joins himself

The promise: every change is one transaction with its audit rows, asked of one table, and the
past is never rewritten. What was so at an instant can be asked for any instant, past or ahead.
"""
