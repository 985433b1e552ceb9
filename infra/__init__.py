"""The CDK app: settings become one stack."""
