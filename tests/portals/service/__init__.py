"""The pages of a service's owner, over HTTP."""
