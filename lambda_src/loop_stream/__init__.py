"""Does what human loops owe: renders tasks, writes output.json, tells how loops ended."""
