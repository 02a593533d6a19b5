"""The journal in a PostgreSQL database, for several servers: `store.PostgresStore`. Needs the extra `postgres`."""
