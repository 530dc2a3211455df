"""The life of a derive rule: proposed, watched in shadow, put in force by another, retired.

    store    its rows: one for each state of each version, never rewritten but for their end
    service  who may take which step, and what the audit trail is told

Rules that come with a document of the catalogue live and end with it; those made here belong
to nobody's document.
"""
