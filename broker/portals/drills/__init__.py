"""Rehearsals of a change of keys that an operator started, each in a process of its own.

    model     a drill, how it stands, what it found
    tables, store
              one row for each; every node sees how it stands
    service   start one, see what became of it

A drill sets a stage with keys made for it and plays months; that is work for minutes, and no
page waits for it. The process is `broker rollover simulate --json`, which changes nothing here.
"""
