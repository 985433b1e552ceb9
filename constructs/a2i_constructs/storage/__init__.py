"""Buckets and ledger of reviews."""
