"""One GraphQL operation from token to response: the pipeline and its parts."""
