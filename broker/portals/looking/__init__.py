"""Looking at people: why somebody of the desk does it, and whom they looked at.

model          a look: by whom, for what, why; and what the desk may type for it
tables, store  kept for two years, so that people can be told who looked
service        begun with a reason, used for an hour, every page of it in the audit trail
"""
