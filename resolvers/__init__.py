"""Where answers come from: one file per record kind, the sources, the loaders. Knows nothing of HTTP or of GraphQL."""
