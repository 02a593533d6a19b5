"""Record systems: the Source protocol, SQLite, resilience and fault injection."""
