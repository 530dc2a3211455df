"""The pages of an organisation's administrators: imports, mandates, audit and mail."""
