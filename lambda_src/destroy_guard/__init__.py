"""Refuses to destroy a stack while reviews are pending."""
