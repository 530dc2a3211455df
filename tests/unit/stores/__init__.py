"""The stores: one suite on SQLite and on PostgreSQL."""
