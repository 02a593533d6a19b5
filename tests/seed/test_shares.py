"""The shares of people with records are near those of real files."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.seed.conftest import Column, Rows


def share(values: list[Any]) -> float:
    return sum(map(bool, values)) / len(values)


def test_about_one_in_five_has_a_history(column: Column) -> None:
    assert 1_000 <= len(column("criminal_history", "SELECT cii_number FROM subject")) <= 1_200


def test_most_histories_have_up_to_three_cycles_and_a_few_twenty(column: Column) -> None:
    counts = column("criminal_history", "SELECT count(*) FROM cycle GROUP BY cii_number")

    assert 0.70 <= share([count <= 3 for count in counts]) <= 0.85
    assert 5 <= sum(count >= 20 for count in counts) <= 40


def test_about_six_in_ten_without_a_record_are_fingerprinted(rows: Rows, column: Column) -> None:
    recorded = set(column("criminal_history", "SELECT cii_number FROM subject"))
    wanted = set(column("warrants", "SELECT subject_fbi FROM warrant"))
    people = rows("persons", "SELECT cii_number, fbi_number FROM person")

    clean = [cii is not None for cii, fbi in people if cii not in recorded and fbi not in wanted]

    assert 0.57 <= share(clean) <= 0.63


def test_about_seven_in_ten_have_a_vehicle(column: Column) -> None:
    owners = set(column("vehicles", "SELECT owner_license_state || owner_license FROM vehicle"))
    licenses = column("persons", "SELECT license_state || license_number FROM person")

    assert 0.65 <= share([license in owners for license in licenses]) <= 0.75


def test_about_two_percent_have_a_warrant_and_most_are_active(column: Column) -> None:
    assert 70 <= len(column("warrants", "SELECT DISTINCT subject_fbi FROM warrant")) <= 130
    assert 0.55 <= share(column("warrants", "SELECT status = 'ACTIVE' FROM warrant")) <= 0.80


@pytest.mark.parametrize(
    ("low", "high", "source", "statement"),
    [
        (0.003, 0.020, "persons", "SELECT is_confidential FROM person"),
        (0.85, 0.97, "persons", "SELECT ssn IS NOT NULL FROM person"),
        (0.10, 0.25, "persons", "SELECT id IN (SELECT person FROM alias) FROM person"),
        (0.018, 0.034, "persons", "SELECT carpos_number IS NOT NULL FROM person"),
        (0.35, 0.50, "persons", "SELECT ethnicity = 'H' FROM person"),
        (0.003, 0.015, "vehicles", "SELECT is_stolen FROM vehicle"),
        (0.97, 0.995, "vehicles", "SELECT plate_state = 'CA' FROM vehicle"),
        (0.80, 0.98, "protective_orders", "SELECT firearms_prohibited IS 1 FROM protective_order"),
        (0.005, 0.08, "protective_orders", "SELECT firearms_prohibited IS NULL FROM protective_order"),
        (0.25, 0.50, "protective_orders", "SELECT is_confidential FROM protected_party"),
        (0.02, 0.20, "protective_orders", "SELECT is_foreign FROM protective_order"),
        (0.04, 0.25, "protective_orders",
         "SELECT number IN (SELECT order_number FROM order_violation) FROM protective_order"),
        (0.20, 0.40, "criminal_history", "SELECT disposition_kind IS NULL FROM charge"),
        (0.35, 0.55, "criminal_history", "SELECT has_conviction FROM cycle"),
        (0.02, 0.07, "criminal_history", "SELECT is_sealed FROM cycle"),
        (0.05, 0.25, "criminal_history", "SELECT is_juvenile FROM cycle"),
        (0.10, 0.25, "accidents", "SELECT fault IS NULL FROM accident_party"),
        (0.25, 0.50, "accidents", "SELECT fault IS 'ANOTHER_AT_FAULT' FROM accident_party"),
        (0.25, 0.45, "biometrics", "SELECT is_applicant FROM biometric_set"),
        (0.01, 0.08, "biometrics", "SELECT is_sealed FROM biometric_set"),
        (0.01, 0.10, "criminal_history", "SELECT supervision_status = 'ACTIVE' FROM cycle"),
        (0.10, 0.30, "criminal_history", "SELECT pretrial_release IS NOT NULL FROM cycle"),
        (0.004, 0.02, "criminal_history", "SELECT diversion_status = 'UNDER_WAY' FROM cycle"),
        (0.004, 0.02, "criminal_history", "SELECT diversion_status = 'COMPLETED' FROM cycle"),
        (0.03, 0.12, "criminal_history", "SELECT id IN (SELECT cycle FROM relief) FROM cycle WHERE has_conviction"),
        (0.25, 0.45, "criminal_history",
         "SELECT id IN (SELECT cycle FROM program) FROM cycle WHERE supervision_kind IS NOT NULL"),
    ],
)  # fmt: skip
def test_shares_are_near_the_real_ones(column: Column, low: float, high: float, source: str, statement: str) -> None:
    assert low <= share(column(source, statement)) <= high


def test_common_surnames_are_common_and_the_tail_is_long(column: Column) -> None:
    counts = Counter(column("persons", "SELECT surname FROM person"))
    common = [name for name, _ in counts.most_common(12)]

    assert {"Garcia", "Hernandez", "Smith"} <= set(common)
    assert counts["Nguyen"] > 20
    assert sum(count == 1 for count in counts.values()) > 300


def test_some_people_share_a_name_and_some_have_it_transposed(column: Column) -> None:
    twins = column("persons", "SELECT count(*) FROM person GROUP BY given, surname, birth_date HAVING count(*) > 1")
    swapped = column(
        "persons",
        "SELECT one.id FROM person one JOIN person two ON one.given = two.surname AND one.surname = two.given"
        " AND one.birth_date = two.birth_date WHERE one.id < two.id",
    )

    assert len(twins) >= 5
    assert len(swapped) >= 1
