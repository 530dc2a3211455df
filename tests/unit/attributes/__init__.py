"""From what an IdP said to what a service is told."""
