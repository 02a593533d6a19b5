"""Resolvers: what is known of each record kind, one file each, and how its rows are fetched in batches."""
