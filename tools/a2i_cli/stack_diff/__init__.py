"""Effects of a stack's change on reviews, permissions and resources, from two templates."""
