"""`python -m bench.cluster` starts a cluster on this machine, lets its parts fail under load, and prints a table."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from bench.cluster.faults import Episode
from bench.cluster.processes import NotReady
from bench.cluster.programs import NotInstalled
from bench.cluster.responses import Outcome
from bench.cluster.run import RATE, Result, run
from bench.data_folder import world_folder

HEAD = "| fault | requests | whole | in part | refused | failed | wrong | whole again after s | p99 ms |"
PEOPLE = 1_000


def table(result: Result) -> str:
    """The episodes as a table of Markdown."""
    return "\n".join([HEAD, "|---" * HEAD.count(" | ") + "|---|", *map(_row, result.episodes)])


def _row(episode: Episode) -> str:
    counts = [f"{episode.period.outcomes[each]:,}" for each in Outcome]
    figures = [f"{episode.back_s:.1f}" if episode.back_s else "—", f"{episode.period.p99_ms:,.0f}"]
    return f"| {' | '.join([episode.name, f'{episode.period.requests:,}', *counts, *figures])} |"


def summary(result: Result) -> str:
    """All requests, why some were not answered whole, and what the journal has."""
    reasons = sum((each.period.reasons for each in result.episodes), Counter[str]())
    listed = ", ".join(f"{reason} {count:,}" for reason, count in reasons.most_common())
    state = "verifies" if result.is_verified else f"does not verify: {result.verified}"
    return (
        f"{len(result.responses):,} requests, {len(result.wrong)} wrong; {len(result.without_entries)} answers without "
        f"their entries among {result.entries:,}; the journal {state}. Not whole because of: {listed}."
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rate", type=float, default=RATE, help="requests a second")
    options = arguments.parse_args()

    def report_progress(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    try:
        result = run(world_folder(Path("build"), PEOPLE, report_progress), options.rate, report_progress)
    except (NotInstalled, NotReady) as error:
        sys.exit(str(error))
    print(table(result))
    print(f"\n{summary(result)}")


if __name__ == "__main__":
    main()
