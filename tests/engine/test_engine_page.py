"""docs/engine.md prints a plan and its ruling as they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from engine.document import Documents
from engine.limits import Limits
from engine.plan import Planner, Prepared
from engine.ruling import Ruling, rule
from policy.caller import Assurance, Caller
from policy.decide import decide
from policy.grants import Denied, Grant
from policy.inquiry import Inquiry
from policy.purposes import Purpose
from policy.reasons import Reason
from policy.record_classes import RecordClass
from policy.roles import Role
from policy.table import Policy
from schema.build import blueprint

PAGE = (Path(__file__).parents[2] / "docs" / "engine.md").read_text("utf-8")
PATROL = Caller(
    user="u-1",
    name="Ana Lee",
    surname="LEE",
    ori="CA0190000",
    role=Role.PATROL,
    sworn=True,
    certified_until=date(2027, 1, 1),
    assurance=Assurance.AAL1,
    token_id="t-1",
)
INQUIRY = Inquiry(Purpose.C, Reason.TRAFFIC_STOP, None, None)


def block(heading: str) -> str:
    """The code under a heading of the page, without its indentation."""
    lines = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0].splitlines()
    return "\n".join(line.removeprefix("    ") for line in lines if line.startswith("    "))


def ruled(text: str) -> tuple[Prepared, Ruling[Denied]]:
    """A plan, and the ruling on it for the officer."""
    document = Documents(blueprint().graphql, Limits()).read(text)
    prepared = Planner(blueprint(), Limits()).prepare(document, document.operation(None), {})
    classes = [guard for guard in prepared.guards if isinstance(guard, RecordClass)]
    verdicts = decide(Policy.load(), PATROL, INQUIRY, classes, today=date(2026, 3, 2))
    granted = {each: verdict for each, verdict in verdicts.items() if isinstance(verdict, Grant)}
    denied = {each: verdict for each, verdict in verdicts.items() if isinstance(verdict, Denied)}
    return prepared, rule(prepared, granted, denied, lambda grant: Denied(grant.record_class, grant.rule))


def printed(text: str) -> Iterator[str]:
    """A plan place by place, with what the ruling says of each, and then the columns of each fetch."""
    prepared, ruling = ruled(text)
    withheld = {place.within: denial for place, denial in ruling.withheld}
    for place in prepared.plan.walk():
        above = [place.within[:depth] for depth in range(1, len(place.within))]
        denial = withheld.get(place.within)
        said = "not looked at" if withheld.keys() & above else "shown"
        if denial is not None:
            said = f"withheld, needs {', '.join(need.value for need in denial.needs)}" if denial.needs else "withheld"
        labels = " ".join(guard.name for guard in place.site.guards if isinstance(guard, RecordClass))
        yield f"{'.'.join(key for _, key in place.within):<48}{labels or 'as its holder':<18}{said}"
    for fetch in ruling.opened:
        columns = ruling.columns.get(fetch, ())
        names = (f"{name} (mask)" if is_masked else name for name, is_masked in columns)
        yield f"{fetch.name:<48}{', '.join(names)}".rstrip()


def test_the_plan_on_the_page_is_the_plan() -> None:
    assert block("A plan, printed") == "\n".join(printed(block("A question")))


def test_the_program_on_the_page_is_part_of_the_program() -> None:
    prepared, ruling = ruled(block("A question"))
    program = prepared.plan.program(prepared.schema, ruling.shape)

    assert block("A program, printed") in program.source


def test_every_limit_is_on_the_page() -> None:
    for name in Limits.__dataclass_fields__:
        assert f"| `{name}` | {getattr(Limits(), name):,} |" in PAGE
