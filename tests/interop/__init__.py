"""Whole logins with software by others on the other side, over real HTTP and by the real clock."""
