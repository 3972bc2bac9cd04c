"""The benchmarks with planted faults plant them, find the plain ones, and write what they found."""

from __future__ import annotations

import dataclasses
import importlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dataset_tools.checks import TITLES
from dataset_tools.defects import DEFECTS
from dataset_tools.qa import QaSettings
from pipelines.report.marked import between

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
DOCUMENT = BENCHMARKS.parent / "docs" / "checks.md"


@pytest.fixture
def module(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module


@pytest.fixture
def clean(module, tmp_path):
    return module("planted_sets").draw("as drawn", 96, 5, tmp_path / "clean")


def test_plain_faults_are_found_and_clean_pairs_pass(module, clean, tmp_path):
    planted_defects = module("planted_defects")
    names = ["inverted", "blank", "truncated", "again"]
    found = planted_defects.recall(clean, names, QaSettings(), tmp_path).set_index(
        ["defect", "strength"]
    )
    assert found.loc[("inverted", 1), "recall"] == 1
    assert found.loc[("blank", 1), "quarantined"] == 1
    assert found.loc[("truncated", 1), ["pairs", "recall"]].tolist() == [3, 1]  # every second one
    assert found.loc[("again", 1), ["pairs", "recall"]].tolist() == [2, 1]  # every fourth one
    alarms = planted_defects.false_alarms({"as drawn": tmp_path / "clean"}, QaSettings())
    assert set(alarms["check"]) == {"any check", *TITLES}
    assert alarms.set_index("check").loc["polarity", ["pairs", "false_alarms"]].tolist() == [5, 0]


def test_a_fault_without_a_place_is_not_counted(module, clean, tmp_path):
    sets = module("planted_sets")
    planted = sets.plant(DEFECTS["filled"], "filled", 0.0, clean, tmp_path / "planted")
    assert planted.ids == []


def test_clean_pairs_are_drawn_thin_and_in_colour(module, clean, tmp_path):
    sets = module("planted_sets")
    thin = sets.draw("hair-thin", 96, 5, tmp_path / "thin")
    assert [one.pair.id for one in thin] == [one.pair.id for one in clean]
    assert sum(one.line.sum() for one in thin) < 0.6 * sum(one.line.sum() for one in clean)
    shaded = sets.draw("shaded", 96, 5, tmp_path / "shaded")
    assert all(
        one.render.mean() < other.render.mean() for one, other in zip(shaded, clean, strict=True)
    )


def test_label_errors_are_those_that_the_rules_pass(module, clean, tmp_path):
    label_errors = module("label_errors")
    sets = module("planted_sets")
    clean = sets.draw("as drawn", 96, 20, tmp_path / "more")
    slots, judgement = label_errors.plant_errors(clean, 0, tmp_path / "set", QaSettings())
    (slot,) = slots
    assert slot.passed
    assert slot.error in {
        (kind, value) for kind, values in label_errors.KINDS.items() for value in values
    }
    name = clean[slot.at].pair.id
    assert name in judgement.accepted["id"].tolist()
    again = sets.read(tmp_path / "set" / "pairs.csv", tmp_path / "set")
    differ = [one.pair.id for one, other in zip(again, clean, strict=True)
              if not np.allclose(one.line, other.line, atol=1 / 255)]  # fmt: skip
    assert differ == [name]


def test_enrichment_is_the_share_among_the_first_over_the_share_of_all(module):
    label_errors = module("label_errors")
    rows = [
        {"repeat": 0, "kind": "erased" if at in (0, 1, 2, 30, 60) else "", "rank": at + 1}
        for at in range(100)
    ]
    # 3 of the first 5 are planted, 5 of 100 in all.
    assert label_errors.enrichment(pd.DataFrame(rows), "rank") == pytest.approx(0.6 / 0.05)


def test_the_text_between_two_comments_is_replaced(module):
    tables = module("planted_tables")
    for begin, end in (
        (tables.BEGIN, tables.END),
        (module("label_errors").BEGIN, module("label_errors").END),
    ):
        text = DOCUMENT.read_text()
        assert text.count(begin) == text.count(end) == 1
        assert between(text, begin, end, "new").split(begin)[1].split(end)[0].strip() == "new"


def test_the_page_names_every_check():
    text = DOCUMENT.read_text()
    assert [check for check in TITLES if f"`{check}`" not in text] == []


def test_the_page_gives_every_setting_with_its_default():
    text = DOCUMENT.read_text()
    settings = QaSettings()
    groups = [getattr(settings.checks, field.name) for field in dataclasses.fields(settings.checks)]
    wrong = []
    for group in (*groups, settings.duplicates):
        for field in dataclasses.fields(group):
            value = getattr(group, field.name)
            said = (
                f"`{field.name}` {str(value).lower() if isinstance(value, bool) else f'{value:g}'}"
            )
            wrong += [said] if said not in text else []
    assert wrong == []
