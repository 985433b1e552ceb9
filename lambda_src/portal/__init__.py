"""JSON API of the worker portal: list, show, accept, answer tasks."""
