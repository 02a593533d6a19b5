"""Authentication: tokens, claims, keys, revocation and the demo issuer."""
