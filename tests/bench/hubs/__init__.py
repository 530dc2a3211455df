"""Whole logins through hubs over HTTP, one worker each: what they cost it, in turns.

gauge    WSGI around a hub that tells what its process has used; no import of ours, so that a
         hub of somebody else runs it in an environment of its own
floor    the five cryptographic operations of a login, alone, in the worker that is compared
peers    the service, the identity provider and their messages: the same for every hub
ours     the broker, set up in a folder
theirs   SATOSA, in an environment of its own
satosa_app  what runs there
worker   one gunicorn worker of ours with a gauge
kept     what it finds in its folder
sampling where its time goes, for `--profile`
running  workers started, each in a folder of its own
drive    logins by one client or by several, and what they took
rounds   hubs in turn
growth   entities by the thousand and a long trail, before a worker starts
comparing  everything that is measured, with its targets
report   tables with bars, and the JSON of them
"""
