"""The published files, each to rows of one shape.

    rows       the shape, and what a single value may look like
    columns    which heading means what, in each of the files with columns
    separated  files with columns: SOR in both forms, the SHAK-SOR map, CVR and P-numbers
    fixed      files of fixed width: SHAK and SKS
    detect     which of them a file is

The order of columns does not matter, and columns that nothing here reads are passed by. A row
that does not hold raises BadRow and is left out; a file that is none of these is refused.
"""
