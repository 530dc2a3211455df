"""What somebody wants of our mails: a page of "My access", which the employee's section mounts."""
