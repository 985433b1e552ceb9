"""The demonstration behind `make demo` and `make local`: the real stack on the local AWS."""
