"""Guides for people who use the broker: pages of the broker itself.

views   /guide/codes, every reason code with what becomes of it, from the code's own tables;
        /<federation>/guide/, the guides for each kind of person, and each of them
books   those guides: one Markdown file for each guide and language in `books/`, as HTML
"""
