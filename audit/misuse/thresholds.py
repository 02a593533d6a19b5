"""From where on something stands out: one number for each choice that an auditor's office could make otherwise.

Knows nothing of where they are set; docs/misuse.md says why each is what it is.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Thresholds:
    """The defaults are the house's."""

    false_alarms: float = 0.01  # chance that one detector finds anything in a journal without misuse
    times: float = 3.0  # what is found is so many times what is usual, however sure it is
    least: int = 3  # fewer are an accident
    window_days: int = 7  # how long a crowd, or a flood, may take
    shift_hours: int = 14  # a long shift, with the way there and the reports after
    surname_share: float = 0.02  # of all people, who have one's surname
    focus: int = 5  # who asked for more people at once asked about none of them
    peers: int = 8  # fewer of a role are held against nobody
