"""The inquiry: why a caller requests records."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from policy.purposes import Purpose
from policy.reasons import Reason

# The attention line usually holds a name and a number; two more words begin an explanation.
EXPLANATION_WORDS = 3

# Chinese, Japanese and Korean characters, whose words need no spaces: two of them are a word, else three letters.
_WIDE = "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(f"[{_WIDE}]{{2}}|[^{_WIDE} ]{{3,}}")


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The arguments of one `@inquiry`, and whether it was challenged."""

    purpose: Purpose
    reason: Reason
    case_number: str | None
    attention: str | None
    is_challenged: bool = False  # drawn at random: an explanation is required in `attention`

    @property
    def has_case_number(self) -> bool:
        """Whether a case number was given: it must contain an ASCII letter or digit."""
        return isinstance(self.case_number, str) and _has_alphanumeric(self.case_number)

    @property
    def needs_fuller_attention(self) -> bool:
        """Whether the inquiry was challenged and `attention` has fewer than EXPLANATION_WORDS different words."""
        return self.is_challenged and len(_words(self.attention or "")) < EXPLANATION_WORDS


def _words(text: str) -> set[str]:
    """The different words of a text: letters of any script. Digits and one letter repeated say nothing."""
    letters = (
        letter if unicodedata.category(letter)[0] in "LM" else " "
        for letter in unicodedata.normalize("NFKC", text).casefold()
    )
    return {word for word in _WORD.findall("".join(letters)) if len(set(word)) > 1}


def _has_alphanumeric(text: str) -> bool:
    return any(character.isascii() and character.isalnum() for character in text)
