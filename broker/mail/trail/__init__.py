"""What became of mails, for the operator: a log without their words, and addresses that fail.

tables, store   pages of the log; addresses with mail that came back, until they are cleared
"""
