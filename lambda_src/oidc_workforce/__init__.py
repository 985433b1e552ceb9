"""Custom resource of a private workforce that an OpenID Connect provider signs in."""
