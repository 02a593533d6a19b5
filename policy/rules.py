"""Rules: the reason of a verdict, and the rules that are not in the matrix."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A short name, and where the rule is written; "local policy" where no statute was found."""

    name: str
    citation: str


DEFAULT_DENY = Rule("default-deny", "local policy")

# General rules, evaluated before the matrix in this order.
BACKGROUND_CHECK = Rule("background-check", "11 CCR 703")
TRAINING = Rule("training", "local policy")
CERTIFICATION = Rule("certification", "local policy")
PURPOSE_REFUSED = Rule("purpose-refused", "local policy")
PURPOSE_FEDERAL_ONLY = Rule("purpose-federal-only", "III purpose code R")
PURPOSE_NOT_OPEN = Rule("purpose-not-open", "local policy")
CONCEALED_CARRY = Rule("concealed-carry", "local policy")
IMMIGRATION = Rule("immigration", "AB 1747; SB 54")
GANG_USE = Rule("gang-use", "11 CCR 757.2")

# Applies to every cell that grants, or would after a step-up.
CHALLENGE = Rule("challenge", "local policy")

# Rules about the subject of a record, bound into every statement.
DEMONSTRATION_PEOPLE = Rule("demonstration-people", "local policy")
OWN_RECORD = Rule("own-record", "local policy")
SAME_SURNAME = Rule("same-surname", "local policy")
COLLEAGUE = Rule("colleague", "local policy")
