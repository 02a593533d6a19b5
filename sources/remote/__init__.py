"""Sources that are an agency's own system, asked for rows over HTTP and JSON."""
