"""In when logging in is what does not work: a link for one operator, made by two on the host.

The session that it makes is short, sees everything, and may pause and take back and nothing
else. Whoever asked cannot allow it; it works once, from one address, for fifteen minutes; and
every step is in the audit trail and mailed to the operator.
"""
