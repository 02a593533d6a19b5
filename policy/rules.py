"""The rule behind a verdict, and the rules that stand beside the matrix.

Knows nothing of how a rule is applied.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A short name, and where the rule is written; "house" is a choice of ours where no rule was found."""

    name: str
    citation: str


DEFAULT_DENY = Rule("default-deny", "house")

# Over every cell, in this order.
CERTIFICATION = Rule("certification", "house")
PURPOSE_REFUSED = Rule("purpose-refused", "house")
PURPOSE_FEDERAL_ONLY = Rule("purpose-federal-only", "III purpose code R")
PURPOSE_NOT_OPEN = Rule("purpose-not-open", "house")
CONCEALED_CARRY = Rule("concealed-carry", "house")
IMMIGRATION = Rule("immigration", "AB 1747; SB 54")

# Over every cell that releases anything, or would after a step-up.
CHALLENGE = Rule("challenge", "house")

# About the subject rather than the class of record; bound into every statement.
OWN_RECORD = Rule("own-record", "house")
SAME_SURNAME = Rule("same-surname", "house")
COLLEAGUE = Rule("colleague", "house")
