"""Decides which predictions a person must see, and starts their human loops."""
