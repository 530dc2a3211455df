"""The employee's pages, through real logins."""
