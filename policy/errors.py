"""What can go wrong in this room: the table, at start-up. A denial is an answer, not an error.

PolicyError    matrix.txt cannot be read, or must not be used; names the file and the line
"""


class PolicyError(Exception):
    """One line: file, line, what is wrong, and why it matters."""
