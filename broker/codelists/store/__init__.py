"""SQL of the code lists: look-ups for everybody, and what a load writes.

lookup   a value at an instant, search, children, the way up, what is below, successors
loading  what a load reads and writes, in its own transaction
closure  what is below what, made anew for the codes that moved
"""

from broker.codelists.store.lookup import (
    children,
    count_below,
    descendants,
    history,
    lists,
    mapped,
    path,
    placed,
    search,
    successor,
    under,
    value,
    values,
)

__all__ = [
    "children",
    "count_below",
    "descendants",
    "history",
    "lists",
    "mapped",
    "path",
    "placed",
    "search",
    "successor",
    "under",
    "value",
    "values",
]
