"""Health of identity providers: verdicts, snapshots, alternatives and probes."""
