"""What human loops in the user's own account are made of."""
