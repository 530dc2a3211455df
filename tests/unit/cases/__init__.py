"""Cases: their machine, their rules, their documents, and every change on both databases."""
