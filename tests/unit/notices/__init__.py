"""Mail about roles, requests and people."""
