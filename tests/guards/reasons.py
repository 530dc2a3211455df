"""Guards that no test can miss, by name, each with the reason; it is printed beside the guard."""

REASONS: dict[str, str] = {}
