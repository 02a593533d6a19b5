"""Sources in SQLite files, read by a pool of worker threads."""
