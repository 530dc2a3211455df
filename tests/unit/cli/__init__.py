"""The commands of an installation: what they do, what they say, how they end."""
