r"""Control characters made visible, so that a text from outside controls no terminal and reorders no line.

`\x1b[2J` becomes `\u001b[2J`. The same goes for every other character that is not printable: C0 and C1 controls, line
separators, marks of direction, characters without width, lone surrogates.
"""

from __future__ import annotations


def escape(text: str) -> str:
    """The text with the escapes of JSON, so that an escaped JSON text has the same value."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def escape_lines(text: str) -> str:
    """The text with escapes, except for its line ends."""
    return "\n".join(map(escape, text.split("\n")))


def _escaped(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
