"""Every statement on grants.

effective   which grants count at an instant: the one query of login, screens and reports
"""
