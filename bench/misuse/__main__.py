"""Measure the misuse detectors: `python -m bench.misuse`. Equal arguments give the same table on every machine."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench.misuse.journals import officer_count, write
from bench.misuse.measure import DetectorCounts, measure

HEAD = (
    "| detector | planted | found | recall | precision | about other misuse | false | false, nothing planted |\n"
    "|---|---|---|---|---|---|---|---|"
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--inquiries", type=int, default=100_000, help="honest inquiries")
    arguments.add_argument("--weeks", type=int, default=13)
    arguments.add_argument(
        "--repetitions",
        type=int,
        help="how often each kind of misuse is planted (default: 3 for 100 officers, at most 12)",
    )
    arguments.add_argument("--rng", type=int, default=1)
    arguments.add_argument("--write", type=Path, metavar="FOLDER", help="only write the journal, to practise on")
    options = arguments.parse_args()
    if options.repetitions is None:
        options.repetitions = min(max(3 * officer_count(options.inquiries) // 100, 1), 12)
    if options.write is not None:
        write_folder(options.write, options)
        return
    with tempfile.TemporaryDirectory() as folder:
        mixed = _measure(Path(folder) / "mixed.db", options, options.repetitions)
        honest = _measure(Path(folder) / "honest.db", options, 0)
    print(HEAD)
    for counts, honest_counts in zip(mixed, honest, strict=True):
        print(
            f"| {counts.name} | {counts.planted} | {counts.found} | {counts.recall:.2f} | {counts.precision:.2f}"
            f" | {counts.others} | {counts.false} | {honest_counts.false} |"
        )


def write_folder(folder: Path, options: argparse.Namespace) -> None:
    """Write the journal into a new folder, beside what `needtoknow audit report` needs for all of its detectors."""
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise SystemExit(f"{folder} cannot be created: {error.strerror}. Choose a new folder.") from None
    planted = write(
        folder / "journal.db",
        inquiries=options.inquiries,
        weeks=options.weeks,
        repetitions=options.repetitions,
        seed=options.rng,
    )
    (folder / "ended.txt").write_text("".join(f"{user} {at}\n" for user, at in sorted(planted.ended.items())))
    (folder / "sexes.txt").write_text("".join(f"{person} {sex}\n" for person, sex in planted.sexes))
    print(f"{planted.honest:,} honest inquiries, {planted.planted:,} planted among them, in {folder}")


def _measure(path: Path, options: argparse.Namespace, repetitions: int) -> list[DetectorCounts]:
    planted = write(path, inquiries=options.inquiries, weeks=options.weeks, repetitions=repetitions, seed=options.rng)
    print(f"{planted.honest:,} honest inquiries, {planted.planted:,} planted among them\n", flush=True)
    return list(measure(path, planted))


if __name__ == "__main__":
    main()
