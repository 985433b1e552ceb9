"""A deployed stack as its operators see it: its parts, loops, reviews, queues and workers."""
