"""Jobs: due when, run by whom, and what becomes of them when somebody fails or dies."""
