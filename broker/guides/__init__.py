"""Guides for people who use the broker: pages of the broker itself, made of the code's own tables.

views   /guide/codes, every reason code with what becomes of it
"""
