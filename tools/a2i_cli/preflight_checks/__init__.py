"""What `a2i preflight` looks at before anything is deployed.  Every check only reads."""
