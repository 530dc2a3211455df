"""Reviews: what is asked of whom, and what the answers do."""
