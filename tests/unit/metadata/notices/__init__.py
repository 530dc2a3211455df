"""Who is told of what by mail."""
