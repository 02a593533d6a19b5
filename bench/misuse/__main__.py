"""Measure the misuse detectors: `python -m bench.misuse`. Equal arguments give the same table on every machine."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench.misuse.journals import write
from bench.misuse.measure import DetectorCounts, measure

HEAD = (
    "| detector | planted | found | recall | precision | about other misuse | false | false, nothing planted |\n"
    "|---|---|---|---|---|---|---|---|"
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--inquiries", type=int, default=100_000, help="honest inquiries")
    arguments.add_argument("--weeks", type=int, default=13)
    arguments.add_argument("--repetitions", type=int, default=12, help="how often each kind of misuse is planted")
    arguments.add_argument("--rng", type=int, default=1)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        mixed = _measure(Path(folder) / "mixed.db", options, options.repetitions)
        honest = _measure(Path(folder) / "honest.db", options, 0)
    print(HEAD)
    for counts, honest_counts in zip(mixed, honest, strict=True):
        print(
            f"| {counts.name} | {counts.planted} | {counts.found} | {counts.recall:.2f} | {counts.precision:.2f}"
            f" | {counts.others} | {counts.false} | {honest_counts.false} |"
        )


def _measure(path: Path, options: argparse.Namespace, repetitions: int) -> list[DetectorCounts]:
    planted = write(path, inquiries=options.inquiries, weeks=options.weeks, repetitions=repetitions, seed=options.rng)
    print(f"{planted.honest:,} honest inquiries, {planted.planted:,} planted among them\n", flush=True)
    return list(measure(path, planted))


if __name__ == "__main__":
    main()
