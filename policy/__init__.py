"""Authorization policy: record classes, roles, purposes, the need-to-know matrix, and `decide()`.

It does no input or output, except that `Policy.load` reads the matrix file.
"""
