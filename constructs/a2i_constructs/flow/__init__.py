"""Flow definition, task, worker task template and review policy of one flow."""
