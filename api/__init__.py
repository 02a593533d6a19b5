"""The HTTP face: endpoint, callers, the walk of one question, GraphiQL, telemetry, the command line."""
