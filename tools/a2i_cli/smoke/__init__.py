"""Smoke test of a real account: one review from deployment to destruction, then nothing is left."""
