"""Grants, and what leads to them or questions them: requests, reviews, imports.

tables     who got what, when, by whom and why
store      every statement on them, and the one query of effective grants
"""
