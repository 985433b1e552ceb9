"""Reads the region's one private workforce while a stack is deployed, and changes nothing."""
