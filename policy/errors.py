"""Errors of the policy. A denial is a verdict, not an error.

PolicyError    the matrix file cannot be read, or is invalid
"""


class PolicyError(Exception):
    """Its text is one line: file, line number, and what is wrong."""
