"""Messages: parsed, signed, encrypted, checked."""
