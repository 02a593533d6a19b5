"""Other GraphQL servers with the same schema and data, each written as its documentation recommends."""
