"""Who may do what at which service, and who said so."""
