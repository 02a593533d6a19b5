"""Charges of an arrest: their GraphQL types, with disposition, sentence and standing."""

from __future__ import annotations

from typing import Final

import strawberry

from policy.record_classes import RecordClass
from resolvers.codes import Code
from resolvers.codes.history import CONVICTIONS, DispositionKind, SentenceKind, Severity
from schema.common import Court
from schema.directives import know
from schema.enums import enum
from schema.fields import column, computed, embedded
from schema.scalars import Date


class Standing(Code):
    """The standing of a charge, so that an accusation is not taken for a conviction."""

    CONVICTED = "CONVICTED", "A conviction"
    NOT_CONVICTED = "NOT_CONVICTED", "Ended without a conviction"
    DIVERTED = "DIVERTED", "Sent to a programme in place of judgment: no conviction; `diversion` says how far it is"
    UNDECIDED = "UNDECIDED", "No disposition on record: an accusation, and no more"
    UNKNOWN = "UNKNOWN", "The disposition on record says neither: ask the court"


_D = DispositionKind
STANDINGS: Final[dict[str | None, Standing]] = {
    None: Standing.UNDECIDED,
    **dict.fromkeys(CONVICTIONS, Standing.CONVICTED),
    **{
        each.value: Standing.NOT_CONVICTED
        for each in (_D.ACQUITTED, _D.DISMISSED, _D.NOT_FILED, _D.DETENTION_ONLY, _D.SUSTAINED)
    },
    _D.DIVERTED.value: Standing.DIVERTED,
    _D.CONDITIONAL_DISCHARGE.value: Standing.UNKNOWN,
}
"""By disposition. One that is not here is UNKNOWN: a guess would be wrong for somebody."""


def standing(disposition: str | None, code: str | None) -> Standing | None:
    """The standing of a charge; None if the charge itself is not shown."""
    return None if code is None else STANDINGS.get(disposition, Standing.UNKNOWN)


enum(Standing, "ChargeStanding", "Whether a charge became a conviction. A charge alone is an accusation.")
enum(Severity, "ChargeSeverity", "How grave the charge is.")
enum(DispositionKind, "DispositionKind", "How a charge ended.")
enum(SentenceKind, "SentenceKind", "A sentence that a court imposed.")


@strawberry.type(description="How a charge ended.", directives=know(RecordClass.CONVICTION))
class Disposition:
    kind: DispositionKind | None = column("disposition_kind", "How it ended; `standing` says if it is a conviction.")
    decided_on: Date | None = column("decided_on", "The court's local date.")
    court: Court | None = embedded("The court that decided; null if no court did.", required_column="court_ori")


@strawberry.type(description="A sentence that a court imposed.", directives=know(RecordClass.CONVICTION))
class Sentence:
    kind: SentenceKind | None = column("sentence_kind", "The kind of sentence.")
    days: int | None = column("sentence_days", "Length in days; null if it has none.")


@strawberry.type(
    description="One charge of an arrest. It is an accusation; `standing` says whether it became a conviction.",
    directives=know(RecordClass.CONVICTION),
)
class Charge:
    code: str | None = column("code", "NCIC offence code, four digits.")
    offense: str | None = column("offense", "The offence as text.")
    severity: Severity | None = column("severity", "How grave it is.")
    standing: Standing | None = computed(("disposition_kind", "code"), standing, "Whether it became a conviction.")
    disposition: Disposition | None = embedded(
        "How it ended; null: no disposition on record.", required_column="disposition_kind"
    )
    sentence: Sentence | None = embedded("The sentence; null if there is none.", required_column="sentence_kind")
