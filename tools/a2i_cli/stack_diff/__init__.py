"""What a change of a stack does to reviews, permissions and resources, from two templates."""
