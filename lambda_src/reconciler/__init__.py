"""Ends what the events left open: stuck starts, lost ends, drained flow definitions."""
