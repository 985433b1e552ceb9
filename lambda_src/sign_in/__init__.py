"""Sets up the app client that reviewers sign in with, once their portal has an address."""
