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

_SUPERVISOR = re.compile(r"\bsupervisor *:([^;]*)", re.IGNORECASE)
_NAME = re.compile("[^ ]{2,}")


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
        # A supervisor's name says who, and not why.
        explanation = _SUPERVISOR.sub(" ", _normalized(self.attention))
        return self.is_challenged and len(_words(explanation)) < EXPLANATION_WORDS

    @property
    def names_supervisor(self) -> bool:
        """Whether `attention` names a supervisor, with two letters or more: `Fox 31; supervisor: Sgt Lee 4417`."""
        named = _SUPERVISOR.search(_normalized(self.attention))
        return named is not None and _NAME.search(_letters(named[1])) is not None


def _normalized(text: str | None) -> str:
    return unicodedata.normalize("NFKC", text or "").casefold()


def _letters(text: str) -> str:
    """The letters of a text, of any script; a blank for each other character."""
    return "".join(letter if unicodedata.category(letter)[0] in "LM" else " " for letter in text)


def _words(text: str) -> set[str]:
    """The different words of a text. Digits and one letter repeated say nothing."""
    return {word for word in _WORD.findall(_letters(text)) if len(set(word)) > 1}


def _has_alphanumeric(text: str) -> bool:
    return any(character.isascii() and character.isalnum() for character in text)
