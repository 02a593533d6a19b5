"""Where the time of an answer went, from trace files: listed, analysed, drawn. Knows nothing of HTTP or GraphQL."""
