"""The need-to-know matrix, read from its file and checked.

Any error in the file is fatal: a failed start is noticed, a wrong cell is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from filesystem.regular_file import read_bounded
from policy.consistency import contradictions
from policy.described_enum import DescribedEnum
from policy.effects import Effect
from policy.errors import PolicyError
from policy.record_classes import RecordClass
from policy.related_subjects import RelatedSubjects
from policy.roles import Role
from policy.rules import Rule

E = TypeVar("E", bound=DescribedEnum)

MATRIX = Path(__file__).with_name("matrix.txt")
MAX_BYTES = 65_536
RELATED_SUBJECTS = "related-subjects:"


@dataclass(frozen=True, slots=True)
class Cell:
    """The effect for one role and one record class, with its rule."""

    record_class: RecordClass
    role: Role
    effect: Effect
    rule: Rule


@dataclass(frozen=True, eq=False)
class Policy:
    """One matrix: its cells, by record class and then by role; and how it treats related subjects."""

    cells: tuple[Cell, ...]
    related_subjects: RelatedSubjects = RelatedSubjects.FLAG

    @classmethod
    def load(cls, path: Path = MATRIX, *, may_lack_classes: bool = False) -> Policy:
        """The matrix in `path`, complete and consistent.

        may_lack_classes: whether it may be older than some record classes, which it then denies.
        Raises: PolicyError with the file and the line.
        """
        try:
            text = read_bounded(path, MAX_BYTES).decode()
        except OSError as error:
            raise PolicyError(f"{path}: the need-to-know matrix cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError:
            raise PolicyError(f"{path}: the need-to-know matrix cannot be read: it is not UTF-8.") from None
        return cls.parse(text, path, may_lack_classes=may_lack_classes)

    @classmethod
    def parse(cls, text: str, name: Path | str, *, may_lack_classes: bool = False) -> Policy:
        """The matrix of a text, which errors call by a name. Raises: PolicyError."""
        reader = _Reader(name, may_lack_classes=may_lack_classes)
        return cls(reader.cells(text), reader.related_subjects or RelatedSubjects.FLAG)

    @cached_property
    def version(self) -> str:
        """Twelve hex digits of a hash of the cells and the settings. Spacing, comments and order do not change it."""
        lines = sorted(
            f"{cell.record_class.value} {cell.role.value} {cell.effect.value} {cell.rule.name} {cell.rule.citation}\n"
            for cell in self.cells
        )
        if self.related_subjects is not RelatedSubjects.FLAG:
            lines.append(f"{RELATED_SUBJECTS} {self.related_subjects.value}\n")
        return sha256("".join(lines).encode()).hexdigest()[:12]

    def cell(self, record_class: RecordClass, role: Role) -> Cell | None:
        """The cell, or None if there is none, which means deny."""
        return self._by_class_and_role.get((record_class, role))

    def has_any_access(self, role: Role) -> bool:
        """Whether any record class is not denied to this role."""
        return any(cell.role is role and cell.effect is not Effect.DENY for cell in self.cells)

    @cached_property
    def _by_class_and_role(self) -> dict[tuple[RecordClass, Role], Cell]:
        return {(cell.record_class, cell.role): cell for cell in self.cells}


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    record_class: RecordClass
    effects: Mapping[Role, Effect]
    rule: Rule


class _Reader:
    """Parser of one matrix file. It tracks the line number for error messages."""

    def __init__(self, name: Path | str, *, may_lack_classes: bool) -> None:
        self.name = name
        self.may_lack_classes = may_lack_classes
        self.line = 1
        self.related_subjects: RelatedSubjects | None = None

    def cells(self, text: str) -> tuple[Cell, ...]:
        columns: list[Role] = []
        rows: dict[RecordClass, _Row] = {}
        for self.line, line in enumerate(text.splitlines(), start=1):
            if not line.strip() or line.startswith("#"):
                continue
            if line.startswith(RELATED_SUBJECTS):
                self._set_related_subjects(line.removeprefix(RELATED_SUBJECTS).strip())
                continue
            if not columns:
                columns = self._columns(line.split())
                continue
            row = self._row(line.split(), columns)
            if first := rows.get(row.record_class):
                raise self._error(f"{row.record_class.value} is repeated; its first row is on line {first.line}")
            rows[row.record_class] = row
        missing = [each.value for each in RecordClass if each not in rows]
        if missing and not (self.may_lack_classes and rows):
            raise self._error(f"the table ends without a row for {', '.join(missing)}")
        for record_class, why in contradictions({record_class: row.effects for record_class, row in rows.items()}):
            self.line = rows[record_class].line
            raise self._error(why)
        return tuple(
            Cell(record_class, role, rows[record_class].effects[role], rows[record_class].rule)
            for record_class in RecordClass
            if record_class in rows
            for role in Role
        )

    def _set_related_subjects(self, word: str) -> None:
        if self.related_subjects is not None:
            raise self._error(f"the line {RELATED_SUBJECTS} is repeated")
        values = " or ".join(each.value for each in RelatedSubjects)
        self.related_subjects = self._member(RelatedSubjects, word, f"{RELATED_SUBJECTS} {word!r} is not {values}")

    def _columns(self, words: list[str]) -> list[Role]:
        if words[0] != "record_class" or words[-2:] != ["rule", "citation"]:
            raise self._error("the heading must begin with record_class and end with rule citation")
        columns: list[Role] = []
        for word in words[1:-2]:
            role = self._member(Role, word, f"there is no role {word!r}")
            if role in columns:
                raise self._error(f"the column {word} is repeated")
            columns.append(role)
        if missing := [role.value for role in Role if role not in columns]:
            raise self._error(f"the heading has no column for {', '.join(missing)}")
        return columns

    def _row(self, words: list[str], columns: list[Role]) -> _Row:
        record_class = self._member(RecordClass, words[0], f"there is no record class {words[0]!r}")
        if len(words) < 1 + len(columns):
            raise self._error(
                f"{record_class.value} has {len(words) - 1} cells; the heading has {len(columns)} columns"
            )
        effects: dict[Role, Effect] = {}
        for role, letter in zip(columns, words[1:], strict=False):
            cell = f"{record_class.value} for {role.value} is {letter!r}; a cell is one letter of AMSDO"
            effects[role] = self._member(Effect, letter, cell)
        name, *citation = words[1 + len(columns) :] or [""]
        # A stray thirteenth letter must not be taken for the name of a rule.
        if not re.fullmatch("[a-z]+(-[a-z]+)*", name) or not citation:
            raise self._error(f"{record_class.value} must end with the name of its rule, in lower case, and a citation")
        return _Row(self.line, record_class, effects, Rule(name, " ".join(citation)))

    def _member(self, kind: type[E], value: str, error: str) -> E:
        try:
            return kind(value)
        except ValueError:
            raise self._error(error) from None

    def _error(self, what: str) -> PolicyError:
        return PolicyError(f"{self.name}:{self.line}: {what}")
