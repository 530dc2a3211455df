"""What somebody has, and asks for: their own accesses and nobody else's."""
