"""Sources in PostgreSQL databases, read over asyncpg."""
