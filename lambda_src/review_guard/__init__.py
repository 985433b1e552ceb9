"""Refuses to destroy a stack, or to take from it what its reviews need, while any are pending."""
