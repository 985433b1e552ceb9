"""Access to a deployed stack: its parts, human loops, reviews, queues and workers."""
