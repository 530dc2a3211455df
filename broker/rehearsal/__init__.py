"""The page on which somebody begins to try our next key, and ends it again.

views   a link becomes a cookie of this browser; `login.rehearsal` says what it may do
"""
