"""Runner of the demonstrations in `examples/demos`, on the local AWS."""
