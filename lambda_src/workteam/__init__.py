"""The name of a work team, the people in it, and its end."""
