"""What every page shares: templates, languages, headers, errors and logs."""
