"""HTTP: the application, the GraphQL endpoint, middleware, admission, health and GraphiQL."""
