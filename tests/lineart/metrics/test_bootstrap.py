"""Intervals that are known by hand."""

import numpy as np
import pandas as pd
import pytest

from lineart.errors import InputError
from lineart.metrics.bootstrap import COLUMNS, COMPARED, compare, draw
from lineart.metrics.curves import best_f, optimal_dataset_scale
from lineart.metrics.scored import Scored
from lineart.metrics.table import COUNTS, PICTURE_METRICS, SCORES, counted_in


def scored(values, drawings=None, children=1, shift=0):
    """One drawing a value, its picture repeated; every metric of a picture has that value.

    The counts are those of a map that finds ``10 + drawing + shift`` of 40 pixels at every threshold.
    """
    drawings = [f"d{n}" for n in range(len(values))] if drawings is None else drawings
    rows, counts = [], []
    for number, (value, drawing) in enumerate(zip(values, drawings, strict=True)):
        for child in range(children):
            about = {"key": f"{drawing}-{number}-{child}", "parent": drawing, "child": child}
            rows.append({**about, **dict.fromkeys(PICTURE_METRICS, value)})
            hits = 10 + number + shift
            counts.append(np.tile([hits, 40, hits, 40], (99, 1)))
    stacked = np.stack(counts)
    return Scored(pd.DataFrame(rows), {name: stacked for name in COUNTS})


def row(frame, model, metric):
    (found,) = frame[(frame["model"] == model) & (frame["metric"] == metric)].to_dict("records")
    return found


def test_two_drawings_by_hand():
    """The mean of two drawn from {0, 1} is 0, 0.5 or 1; each end has a quarter of the replicates."""
    frame = compare({"m": scored([0.0, 1.0])}, None, "originals")
    assert list(frame.columns) == list(COLUMNS)
    assert frame["metric"].tolist() == list(COMPARED)
    mse = row(frame, "m", "mse")
    assert (mse["value"], mse["low"], mse["high"]) == (0.5, 0.0, 1.0)
    assert np.isnan(mse["difference"])
    assert not mse["distinguishable"]
    ods = row(frame, "m", "strokes_ods")  # 10, 11 or both found, of 40 each
    assert (ods["value"], ods["low"], ods["high"]) == (21 / 80, 10 / 40, 11 / 40)


def test_a_constant_difference_has_no_width():
    values = np.array([0.1, 0.5, 0.3, 0.7])
    models = {"a": scored(values), "b": scored(values + 0.2, shift=4)}
    frame = compare(models, "a", "originals")
    mse, ods = row(frame, "b", "mse"), row(frame, "b", "centre_lines_ods")
    assert [mse[f"difference{end}"] for end in ("", "_low", "_high")] == pytest.approx([0.2] * 3)
    assert mse["low"] < mse["value"] < mse["high"]
    assert [ods[f"difference{end}"] for end in ("", "_low", "_high")] == pytest.approx([0.1] * 3)
    assert mse["distinguishable"]
    assert ods["distinguishable"]


def test_a_model_like_the_reference_is_not_distinguishable():
    models = {"a": scored([0.1, 0.5, 0.3]), "b": scored([0.1, 0.5, 0.3])}
    frame = compare(models, "a", "originals")
    assert not frame["distinguishable"].any()
    assert (frame[["difference", "difference_low", "difference_high"]] == 0).all(axis=None)


def test_a_difference_that_hangs_on_one_drawing_is_not_distinguishable():
    models = {"a": scored([0.1] * 6), "b": scored([0.1] * 5 + [0.7])}
    mse = row(compare(models, "a", "originals"), "b", "mse")
    assert mse["difference"] == pytest.approx(0.1)
    assert mse["difference_low"] == 0
    assert not mse["distinguishable"]


def test_children_travel_with_their_drawing():
    """Each drawing nine times over is no more than each once; as drawings of their own they would be."""
    values = [0.0, 1.0, 0.2, 0.9]
    once = compare({"m": scored(values, children=2)}, None, "children")
    often = compare({"m": scored(values, children=10)}, None, "children")
    pd.testing.assert_frame_equal(once, often)
    apart = scored(np.repeat(values, 9), [f"d{n}" for n in range(36)])
    alone = row(compare({"m": apart}, None, "originals"), "m", "mse")
    together = row(often, "m", "mse")
    assert alone["high"] - alone["low"] < together["high"] - together["low"]


def test_drawings_with_more_pictures_weigh_more():
    """Two pictures of 0 in one drawing, one of 1 in the other: means of 0, 1/3 and 1."""
    frame = compare({"m": scored([0.0, 0.0, 1.0], ["a", "a", "b"])}, None, "originals")
    mse = row(frame, "m", "mse")
    assert (mse["value"], mse["low"], mse["high"]) == (pytest.approx(1 / 3, abs=1e-6), 0, 1)


def test_other_models_and_their_order_change_nothing():
    one, other = scored([0.1, 0.5, 0.3]), scored([0.2, 0.4, 0.9])
    first = compare({"a": one, "b": other}, "a", "originals")
    second = compare({"b": other, "c": one, "a": one}, "a", "originals")
    for model in ("a", "b"):
        parts = [f[f["model"] == model].reset_index(drop=True) for f in (first, second)]
        pd.testing.assert_frame_equal(*parts)
    assert second["model"].unique().tolist() == ["b", "c", "a"]


def test_one_drawing_tells_nothing_apart():
    frame = compare({"a": scored([0.1]), "b": scored([0.9])}, "a", "originals")
    mse = row(frame, "b", "mse")
    assert mse["low"] == mse["value"] == mse["high"] == 0.9
    assert mse["difference_low"] == mse["difference_high"] == 0.8
    assert not frame["distinguishable"].any()


def test_without_pictures_there_are_no_rows():
    frame = compare({"a": scored([0.1])}, "a", "children")
    assert frame.empty
    assert list(frame.columns) == list(COLUMNS)


def random_scored(seed, drawings=5, children=3):
    rng = np.random.default_rng(seed)
    rows, counts = [], {name: [] for name in COUNTS}
    for number in range(drawings * children):
        key, parent = f"d{number // children}-{number % children}", f"d{number // children}"
        metrics = {name: round(rng.random(), 6) for name in PICTURE_METRICS}
        rows.append({"key": key, "parent": parent, "child": 1, **metrics})
        for name in COUNTS:
            total = np.sort(rng.integers(0, 300, 99))[::-1]
            hits = np.minimum(rng.integers(0, 200, 99), total)
            counts[name].append(np.stack([hits, np.full(99, 200), hits, total], axis=1))
    return Scored(pd.DataFrame(rows), {name: np.stack(found) for name, found in counts.items()})


def test_every_figure_equals_the_metric_on_the_drawings_drawn():
    """Against the plain way: repeat the pictures of each drawing as often as it is drawn."""
    found, replicates, seed = random_scored(3), 7, 11
    frame = compare({"m": found}, None, "children", replicates, seed)
    parents = sorted(set(found.pictures["parent"]))
    again = {name: [] for name in COMPARED}
    for times in draw(len(parents), replicates, seed).astype(int):
        chosen = np.concatenate(
            [
                np.repeat(np.flatnonzero(found.pictures["parent"] == parent), count)
                for parent, count in zip(parents, times, strict=True)
            ]
        )
        for name in COMPARED:
            if name in PICTURE_METRICS:
                again[name].append(found.pictures[name].to_numpy()[chosen].mean())
            else:
                again[name].append(SCORES[name].function(found.counts[counted_in(name)][chosen]))
    for name, values in again.items():
        ends = (row(frame, "m", name)["low"], row(frame, "m", name)["high"])
        assert ends == pytest.approx(np.percentile(values, (2.5, 97.5)), abs=1e-6), name
        assert row(frame, "m", name)["value"] == found.figures()[name]


def test_best_f_of_many_sets():
    totals = np.stack([random_scored(seed).counts["strokes"].sum(axis=0) for seed in range(20)])
    totals = np.concatenate([totals, np.zeros((1, 99, 4), int), totals[:1]])
    expected = [optimal_dataset_scale(total[None]).f for total in totals]
    assert best_f(totals).tolist() == expected
    assert best_f(totals)[20] == 0


def test_refuses_what_cannot_be_compared():
    with pytest.raises(InputError, match="no model 'c'"):
        compare({"a": scored([0.1])}, "c", "originals")
    with pytest.raises(InputError, match="not scored on the same pictures"):
        compare({"a": scored([0.1]), "b": scored([0.1, 0.2])}, "a", "originals")
