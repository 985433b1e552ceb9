"""Parts that a stack has once and all of its flows share."""
