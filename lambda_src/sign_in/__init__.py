"""Sets the portal's address in the app client and the invitations of a user pool."""
