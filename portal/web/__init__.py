"""What every surface shares: transactions, signing in, pages, forms, errors, languages, headers."""
