"""Names, statuses, regions and JSON Schemas that functions, commands and constructs share."""
