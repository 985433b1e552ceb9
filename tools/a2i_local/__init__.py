"""The local AWS: A2I, the worker portal, and the host of everything else."""
