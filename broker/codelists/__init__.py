"""The public code lists that delimit roles: SOR, SHAK, SKS, CVR and P-numbers."""
