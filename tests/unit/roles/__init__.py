"""Who may do what at which service, and how a service is told."""
