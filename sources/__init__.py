"""Record systems: the Source protocol, SQLite, resilience and fault injection."""

import logging

# At DEBUG aiosqlite logs statements and their parameters, which are names and numbers.
logging.getLogger("aiosqlite").setLevel(logging.WARNING)
