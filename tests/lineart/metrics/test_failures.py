"""Failures that are known from the table they come from."""

import pandas as pd
import pytest

from lineart.metrics.failures import KINDS, find_failures, worst_of
from lineart.metrics.table import PICTURE_METRICS


def table(**columns):
    count = len(next(iter(columns.values())))
    rest = dict.fromkeys(PICTURE_METRICS, [0.0] * count)
    keys = {"key": [f"d{n // 2}-{n % 2}" for n in range(count)]}
    return pd.DataFrame({**keys, "parent": [f"d{n // 2}" for n in range(count)], **rest, **columns})


def test_kinds_look_at_metrics_of_which_less_is_better():
    assert all(PICTURE_METRICS[kind.metric].better == "lower" for kind in KINDS.values())


def test_the_worst_first_and_one_of_a_drawing():
    pictures = table(
        missed_lines=[0.1, 0.344, 0.3, 0.0, 0.2, 0.02], pieces_error=[0, 1, 2, 0, 0, 0]
    )
    found = worst_of(pictures, "missed_lines", 2)
    assert [failure.key for failure in found] == ["d0-1", "d1-0"]
    assert found[0].value == 0.344
    assert found[0].sentence == (
        "Ink of 34 % of the line pixels is missing; 1 piece of line too many or too few."
    )


def test_a_good_model_has_no_failure():
    assert find_failures(table(missed_lines=[0.009, 0]), 5) == {kind: [] for kind in KINDS}


def test_false_response_is_told_by_the_background():
    pictures = table(background_response=[0.02, 0.2], false_lines=[0.5, 0.03])
    (failure,) = worst_of(pictures, "false_response", 5)
    assert failure.key == "d0-1"
    assert failure.sentence == (
        "The background is 20 % black in the mean; "
        "3.0 % of the line pixels drawn are where no line is."
    )


def test_a_page_without_lines_does_not_fail_by_width():
    pictures = table(width_error=[4.0, 1.0, 0.5, 0.2], missed_lines=[1.0, 0.1, 0, 0])
    found = worst_of(pictures, "width", 5)
    assert [failure.key for failure in found] == ["d0-1", "d1-0"]
    assert "1.0 pixels" in found[0].sentence


@pytest.mark.parametrize("kind", KINDS)
def test_equals_are_ordered_by_key(kind):
    metric = KINDS[kind].metric
    pictures = table(**{metric: [0.4, 0.0, 0.4, 0.0]})
    assert [f.key for f in worst_of(pictures.iloc[::-1], kind, 5)] == ["d0-0", "d1-0"]
