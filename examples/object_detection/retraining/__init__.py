"""The function that keeps reviewed boxes as training data."""
