"""The GraphQL schema: one file per record kind, the directives, the root fields."""
