"""The rule behind a verdict, and the rules that stand beside the matrix.

Knows nothing of how a rule is applied.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A short name, and where the rule is written; "local policy" where no statute was found."""

    name: str
    citation: str


DEFAULT_DENY = Rule("default-deny", "local policy")

# Over every cell, in this order.
CERTIFICATION = Rule("certification", "local policy")
PURPOSE_REFUSED = Rule("purpose-refused", "local policy")
PURPOSE_FEDERAL_ONLY = Rule("purpose-federal-only", "III purpose code R")
PURPOSE_NOT_OPEN = Rule("purpose-not-open", "local policy")
CONCEALED_CARRY = Rule("concealed-carry", "local policy")
IMMIGRATION = Rule("immigration", "AB 1747; SB 54")

# Over every cell that releases anything, or would after a step-up.
CHALLENGE = Rule("challenge", "local policy")

# About the subject rather than the class of record; bound into every statement.
OWN_RECORD = Rule("own-record", "local policy")
SAME_SURNAME = Rule("same-surname", "local policy")
COLLEAGUE = Rule("colleague", "local policy")
