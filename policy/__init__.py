"""Who may know what: record classes, roles, purposes, the matrix, and one function that decides.

Knows nothing of HTTP, GraphQL, SQL or the journal, and reads no file but its own matrix.txt.
"""
