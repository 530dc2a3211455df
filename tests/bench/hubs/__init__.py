"""Whole logins through hubs over HTTP, one worker each: what they cost it, in turns.

gauge    WSGI around a hub that tells what its process has used; no import of ours, so that a
         hub of somebody else runs it in an environment of its own
floor    the five cryptographic operations of a login, alone, in the worker that is compared
peers    the service, the identity provider and their messages: the same for every hub
ours     the broker, set up in a folder
theirs   SATOSA, in an environment of its own
satosa_app  what runs there
worker   one gunicorn worker with a gauge, for either
drive    logins by one client or by several, and what they took
report   the tables, and the JSON of them
"""
