"""The journal in an SQLite file, for one server: `store.SqliteStore`."""
