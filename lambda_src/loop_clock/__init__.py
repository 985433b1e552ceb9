"""Does what time alone does to human loops, and shows the stream what it has left undone."""
