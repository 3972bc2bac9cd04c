import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from lineart.errors import InputError
from lineart.sets.pairs import read_table
from pipelines.failed import Failed
from pipelines.report import tables
from pipelines.report.columns import Column, beside, best, columns, difference, interval, near, text
from pipelines.report.markdown import document, short
from pipelines.report.records import Record, check_versions

BY_NAME = {column.name: column for column in columns()}


def test_networks_come_first(records: list[Record]) -> None:
    frame = tables.leaderboard(list(reversed(records)))
    assert list(frame["model"]) == ["clearnet", "dark_threshold"]
    assert list(frame["role"]) == ["network", "floor"]
    assert list(frame["reference"]) == ["clearnet", "clearnet"]
    assert frame["minutes"][0] == 1.5


def test_a_row_by_hand(records: list[Record]) -> None:
    row = tables.leaderboard(records).iloc[0]
    assert row["originals_mae"] == 0.01
    # Of two drawings with errors 0.005 and 0.015 the bootstrap draws means of 0.005, 0.01 and 0.015.
    assert (row["originals_mae_low"], row["originals_mae_high"]) == (0.005, 0.015)
    assert row["originals_centre_lines_ods"] == 0.9  # 90 of 100 found, 90 of 100 right
    assert row["originals_centre_lines_recall_from"] == 0
    assert row["originals_centre_lines_recall_to"] == 0.9
    assert row["originals_ods_background_of_blank"] == pytest.approx(2 * 0.8 / 1.8, abs=1e-6)
    assert row["multiply_adds"] == 2_500_000_000


def test_a_difference_by_hand(records: list[Record]) -> None:
    row = tables.leaderboard(records).iloc[1].to_dict()
    # dark_threshold has five times clearnet's errors: 0.02 and 0.06 more on the two drawings.
    assert row["originals_mae_difference"] == 0.04
    assert difference(row, BY_NAME["originals_mae"]) == "+0.0400 (+0.0200 to +0.0600)"
    assert interval(row, BY_NAME["originals_mae"]) == "0.0250–0.0750"
    assert row["originals_mae_distinguishable"]
    assert not near(row, BY_NAME["originals_mae"])
    assert near(row, BY_NAME["originals_f"])  # the same F on each picture


def test_the_reference_is_near_nothing(records: list[Record]) -> None:
    row = tables.leaderboard(records).iloc[0].to_dict()
    assert not any(near(row, column) for column in columns())
    assert not any(difference(row, column) for column in columns())


def test_the_best_of_a_column(records: list[Record]) -> None:
    frame = tables.leaderboard(records)
    assert best(frame, BY_NAME["originals_mae"]) == {0}
    assert best(frame, BY_NAME["originals_f"]) == {0, 1}
    assert best(frame, BY_NAME["originals_strokes_ods"]) == {0}


@pytest.mark.parametrize(
    "name",
    ["model", "pictures_per_second", "parameters", "originals_crispness", "children_strokes_ap"],
)
def test_some_columns_have_no_best(records: list[Record], name: str) -> None:
    assert best(tables.leaderboard(records), BY_NAME[name]) == set()


def test_a_blank_page_is_never_best() -> None:
    column = BY_NAME["originals_background_response"]
    frame = pd.DataFrame({"model": ["blank", "teed"], column.name: [0.0, 0.5]})
    assert best(frame, column) == {1}


def test_equal_to_the_shown_digits_is_equal() -> None:
    column = Column("originals_x", "X", "lower", 2, "pixels", "originals", "x")
    frame = pd.DataFrame({"model": ["a", "b", "c"], "originals_x": [0.501, 0.504, 0.506]})
    assert best(frame, column) == {0, 1}


def test_a_cell_comes_with_what_it_means_nothing_without() -> None:
    row = {
        "originals_crispness": 0.7057,
        "originals_truth_crispness": 0.8812,
        "originals_centre_lines_ap": 0.049,
        "originals_centre_lines_recall_from": 0.93,
        "originals_centre_lines_recall_to": 0.991,
        "pictures_per_second": 20.04,
        "speed_spread": 1.26,
        "multiply_adds": 8_500_000_000,
    }
    said = {
        name: (text(row, BY_NAME[name]), beside(row, BY_NAME[name]))
        for name in (
            "originals_crispness",
            "originals_centre_lines_ap",
            "pictures_per_second",
            "multiply_adds",
            "steps",
        )
    }
    assert said == {
        "originals_crispness": ("0.706", "truth 0.88"),
        "originals_centre_lines_ap": ("0.049", "recall 0.93–0.99"),
        "pictures_per_second": ("20.0", "± 1.3"),
        "multiply_adds": ("8.50", ""),
        "steps": ("", ""),
    }


@pytest.mark.parametrize("part", ["originals", "children"])
def test_the_protocol_is_in_every_heading_of_the_benchmark(part: str) -> None:
    for protocol in ("centre_lines", "strokes"):
        for name in ("ods", "ois", "ap"):
            column = BY_NAME[f"{part}_{protocol}_{name}"]
            assert column.heading.startswith(name.upper())
            assert column.heading.endswith(f"({protocol.replace('_', ' ')})")


def test_the_best_network_is_the_reference_without_clearnet(
    records: list[Record], record: Callable[..., Record], project: Path
) -> None:
    for name, error in (("teed", 0.03), ("pidinet", 0.02)):
        _copy(project, name, error)
    assert tables.reference(records) == "clearnet"
    assert tables.reference([record("teed"), record("pidinet"), records[1]]) == "pidinet"
    assert tables.reference([records[1]]) is None


def _copy(project: Path, name: str, error: float) -> None:
    for folder, file in (("models", "summary.json"), ("evaluation", "scores.json")):
        content = json.loads((project / folder / "clearnet" / file).read_text())
        if file == "scores.json":
            content["originals"]["mae"] = error
        (project / folder / name).mkdir()
        (project / folder / name / file).write_text(json.dumps(content))


def test_floors_alone_are_compared_with_nothing(records: list[Record]) -> None:
    frame = tables.leaderboard([records[1]])
    assert list(frame["reference"]) == [""]
    row = frame.iloc[0].to_dict()
    assert interval(row, BY_NAME["originals_mae"]) == "0.0250–0.0750"
    assert not any(near(row, column) or difference(row, column) for column in columns())


def test_what_is_written_is_read_again(records: list[Record], tmp_path: Path) -> None:
    frame = tables.leaderboard(records)
    tables.write_tables(frame, records, "0" * 32, tmp_path)
    again = tables.read_leaderboard(tmp_path / "leaderboard.csv")
    assert list(again["data_version"]) == ["0" * 32] * 2
    rows = list(zip(frame.to_dict("records"), again.to_dict("records"), strict=True))
    for column in columns():
        for one, other in rows:
            assert text(one, column) == text(other, column)
            assert beside(one, column) == beside(other, column)
            assert interval(one, column) == interval(other, column)
            assert difference(one, column) == difference(other, column)
            assert near(one, column) == near(other, column)
        assert best(frame, column) == best(again, column)


def test_a_failed_row_stands_last_and_takes_part_in_nothing(
    records: list[Record], tmp_path: Path
) -> None:
    """A run before left curves of the row that failed now; they are not its own any more."""
    frame = tables.leaderboard(records)
    whole = tmp_path / "whole"
    tables.write_tables(frame, records, "0" * 32, whole)
    old = tmp_path / "pr" / "originals-strokes" / "teed.csv"
    old.parent.mkdir(parents=True)
    old.write_text("threshold\n")
    failed = [
        Failed("train@teed", "Its loss is nan, and | no number."),
        Failed("published@hed", "No."),
    ]
    tables.write_tables(frame, records, "0" * 32, tmp_path, failed)
    assert not old.exists()
    written = (tmp_path / "leaderboard.csv").read_text().splitlines()
    before = (whole / "leaderboard.csv").read_text().splitlines()
    assert written[:3] == [before[0] + ",failed,reason", *(line + ",," for line in before[1:])]
    assert [line.split(",")[0] for line in written[3:]] == ["teed", "hed-published"]
    again = tables.read_leaderboard(tmp_path / "leaderboard.csv")
    pd.testing.assert_frame_equal(again, tables.read_leaderboard(whole / "leaderboard.csv"))
    assert tables.read_failures(tmp_path / "leaderboard.csv") == failed
    assert tables.read_failures(whole / "leaderboard.csv") == []


def test_a_failed_row_in_markdown(records: list[Record]) -> None:
    frame, failed = tables.leaderboard(records), [Failed("train@teed", "Its loss is | nan.")]
    said = "teed has no figures, for its stage train failed: Its loss is | nan."
    version = "0" * 32
    before, after = document(frame, records, version), document(frame, records, version, failed)
    added = [line for line in after.splitlines() if line not in before.splitlines()]
    assert added[-1] == f"- {said}"
    assert [line.strip("| ") for line in added[:-1]] == ["teed (failed)"] * 3
    # The bar in the reason is in a list, where it means nothing.
    assert (
        len(
            {
                line.count("|")
                for line in short(frame.assign(data_version=version), failed).splitlines()[:5]
            }
        )
        == 1
    )


def test_another_table_is_no_leaderboard(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("model,mae\na,0.1\n")
    with pytest.raises(InputError, match="is no leaderboard"):
        tables.read_leaderboard(tmp_path / "x.csv")


def test_the_page_has_the_numbers_of_scores_json(records: list[Record]) -> None:
    """`dvc metrics` reads scores.json; both show the same."""
    frame = tables.leaderboard(records).set_index("model")
    for record in records:
        for part in ("originals", "children"):
            for name, value in record.scores[part].items():
                assert frame.loc[record.model, f"{part}_{name}"] == value


def test_the_points_for_dvc_plots(records: list[Record], tmp_path: Path) -> None:
    tables.write_tables(tables.leaderboard(records), records, "0" * 32, tmp_path)
    folders = sorted(path.name for path in (tmp_path / "pr").iterdir())
    parts, protocols = ("children", "originals"), ("centre_lines", "strokes")
    assert folders == [f"{part}-{protocol}" for part in parts for protocol in protocols]
    points = read_table(tmp_path / "pr" / "children-strokes" / "clearnet.csv")
    # Above 0.5 nothing is drawn.
    assert list(points["threshold"]) == [round(0.01 * step, 2) for step in range(1, 51)]
    assert set(points["recall"]) == set(points["precision"]) == {0.9}
    assert (tmp_path / "pr" / "originals-strokes" / "dark_threshold.csv").exists()
    curve = read_table(tmp_path / "curves" / "clearnet.csv")
    assert list(curve["val_mae"]) == [0.04, 0.02]
    assert not (tmp_path / "curves" / "dark_threshold.csv").exists()


def test_models_of_other_data_are_not_ranked(records: list[Record]) -> None:
    digest = records[0].summary["data"]
    check_versions(records, digest)
    with pytest.raises(InputError, match="The model clearnet was made from data"):
        check_versions(records, "something else")


def test_models_scored_on_other_splits_are_not_ranked(records: list[Record]) -> None:
    digest = records[0].summary["data"]
    records[0].scores["split"] = "test"
    check_versions(records, digest)
    records[1].scores["split"] = "val"
    with pytest.raises(InputError, match=f"{records[1].model} was scored on the split val"):
        check_versions(records, digest)


def test_roles(records: list[Record]) -> None:
    assert [tables.role(record) for record in records] == ["network", "floor"]
    other = dataclasses.replace(records[0])
    other.__dict__["summary"] = {"kind": "published"}
    assert tables.role(other) == "published"
