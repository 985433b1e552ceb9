"""Parts of the account backend: table, API and functions of human loops in the own account."""
