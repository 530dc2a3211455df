"""How long it takes where there are many: a synthetic country, and what logins cost in it.

load        fills an empty database: python -m tests.bench.load --url postgresql://…
hubs        whole logins by us and by SATOSA, in turn: make bench ARGS=--hubs
__main__    `make bench`: a database of its own, a small and a full country, one table of rows
"""
