"""docker/prometheus/alerts.yaml and docs/telemetry.md name metrics, labels and values that exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from prometheus_client.metrics_core import Metric as Family
from ruamel.yaml import YAML

from telemetry.allow_list import ATTRIBUTES, METRICS
from telemetry.worker_metrics import family_of, supervisor_families

CHECKOUT = Path(__file__).parents[2]
FILE = CHECKOUT / "docker" / "prometheus" / "alerts.yaml"
REPORT: dict[str, Any] = {
    "version": "1.2.3",
    "started_at": 1,
    "wanted": 1,
    "deaths": 0,
    "reloads": {"applied": 0, "refused": 0},
    "is_current": 1,
    "workers": [{"number": 1, "pid": 2, "started_at": 1, "is_ready": True, "is_retired": False}],
}
OF_THE_SUPERVISOR = {each.name: each for each in supervisor_families(REPORT)}
FAMILIES = {**OF_THE_SUPERVISOR, **{family_of(each).name: family_of(each) for each in METRICS.values()}}
WORDS = re.compile(r"(?<![\w\"$.])[a-z_]+(?![\w\"(])")
SYNTAX = {"up", "job", "by", "or", "instance", "m", "sum", "rate", "increase"}


def sample_names(family: Family) -> set[str]:
    suffixes = {"counter": ["_total"], "histogram": ["_count", "_sum", "_bucket"]}.get(family.type, [""])
    return {family.name + suffix for suffix in suffixes}


def rules() -> list[dict[str, Any]]:
    (group,) = YAML(typ="safe").load(FILE.read_text("utf-8"))["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def test_there_are_five_alerts_that_say_what_to_do() -> None:
    assert len(rules()) == 5
    assert all({"alert", "expr", "labels"} <= each.keys() for each in rules())
    assert all(each["annotations"].keys() == {"summary", "action"} for each in rules())


def test_each_alert_names_metrics_and_labels_that_exist() -> None:
    metrics = {name for family in FAMILIES.values() for name in sample_names(family)}
    labels = {each.key.replace(".", "_") for each in ATTRIBUTES.values()}
    for rule in rules():
        named = set(WORDS.findall(rule["expr"])) - SYNTAX
        assert named & metrics, rule["alert"]
        assert named - metrics - labels == set(), rule["alert"]


def test_each_value_in_an_alert_is_one_that_its_label_has() -> None:
    by_label = {each.key.replace(".", "_"): each.values for each in ATTRIBUTES.values()}
    compared = re.findall(r"(needtoknow_\w+)=~?\"([^\"]+)\"", " ".join(each["expr"] for each in rules()))

    assert compared
    for label, values in compared:
        assert set(values.split("|")) <= set(by_label[label]), label  # type: ignore[arg-type]


def test_the_page_lists_each_metric_of_the_supervisor() -> None:
    page = (CHECKOUT / "docs" / "telemetry.md").read_text("utf-8")
    section = page.partition("\n### Prometheus\n")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| `(needtoknow_\w+)` \| (.+?) \|$", section, re.MULTILINE)

    assert listed == [
        (name, family.documentation) for family in OF_THE_SUPERVISOR.values() for name in sample_names(family)
    ]
