"""Who may do what: grants, and what leads to them or questions them."""
