"""Who the caller is: tokens, claims, keys, revocation and the demo issuer."""
