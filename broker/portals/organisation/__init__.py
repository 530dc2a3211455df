"""What an organisation's administrators do for the people in it."""
