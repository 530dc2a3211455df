"""Runs the revisions on the connection that `broker.db.migrate` opened, in its transaction.

Revisions only ever expand: what a node of the release before reads and writes stays. A
column moves in one release and contracts in a later one. There is no way down but a backup.
"""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    transactional_ddl=True,  # SQLite as well: broker.db begins and commits by itself
)
with context.begin_transaction():
    context.run_migrations()
