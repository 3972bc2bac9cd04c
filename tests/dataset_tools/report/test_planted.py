import pandas as pd
import pytest

from dataset_tools.report.planted import alarms_of, planted, recall_of
from dataset_tools.report.tables import DataSet


def test_the_least_recall_a_person_would_object_to(doubted: DataSet) -> None:
    shift, gaps = planted(doubted.planted)
    assert (shift.title, shift.checks, shift.pairs) == ("moved <art>", "shift", 100)
    assert shift.recall == pytest.approx(0.96)
    assert (gaps.checks, gaps.recall) == ("missing, broken", 0.5)
    assert recall_of(doubted.planted) == {"shift": 0.96, "missing": 0.5}


def test_another_check_is_drawn_where_it_finds_more(doubted: DataSet) -> None:
    shift, gaps = planted(doubted.planted)
    assert "any check" not in shift.svg
    assert "any check" in gaps.svg


def test_false_alarms_are_those_of_the_worst_kind(doubted: DataSet) -> None:
    assert alarms_of(doubted.alarms) == {"any check": 0.03, "shift": 0.02}


def test_nothing_planted_proves_nothing() -> None:
    nothing = pd.DataFrame()
    assert (planted(nothing), recall_of(nothing), alarms_of(nothing)) == ([], {}, {})
