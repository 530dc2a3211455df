"""Which persons a CPR number is of, so that whoever asks what is kept of them gets an answer.

No number is kept: a keyed hash stands for it, under a key derived from the pseudonym key. It
identifies nobody at a login and gives no name; it only finds persons whose logins said it.
"""
