"""What the functions of the stack share: names, ledger, documents, events, policy, errors."""
