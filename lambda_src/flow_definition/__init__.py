"""Custom resource for flow definitions, which CloudFormation has no type for."""
