"""Package that all functions share: ledger, documents, events, review policy, errors."""
