"""Models on pairs of another hand: any layout in, a table of its own out."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lineart.errors import InputError
from lineart.pictures.images import write_line, write_render
from lineart.runs import write_json
from lineart.sets.pairs import Pair, sha256, write_pairs
from pipelines.report.beside_paper import Plain
from pipelines.report.html import Folders, ReportSettings, write_report
from pipelines.report.others import Section, sections
from pipelines.report.records import Record
from pipelines.report.tables import leaderboard, read_leaderboard
from pipelines.stages.generalise import chosen_models, generalise, layout_of

Draw = Callable[[int], tuple[np.ndarray, np.ndarray]]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two models that do not learn, one of which always answers a blank page."""
    for name, arguments in (("blank", {}), ("dark_threshold", {"below": 0.3})):
        settings = {"model": name, "kind": "classical", "arguments": arguments}
        write_json(tmp_path / "models" / name / "settings.json", settings)
        summary = {"model": name, "kind": "classical", "parameters": 0, "threshold": 0.5}
        write_json(tmp_path / "models" / name / "summary.json", {**summary, "data": "of home"})
    (tmp_path / "params.yaml").write_text(
        "ingest: {size: 64}\nevaluate: {speed_size: 32, speed_repeats: 3}\npipelines: {workers: 1}\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_sheets_become_a_section(place: Path, draw: Draw) -> None:
    for seed in range(4):
        render, line = draw(seed)
        paper = np.repeat(1 - line[..., None], 3, axis=2)
        write_render(place / "sheets" / f"{seed}.png", np.concatenate([render, paper], axis=1))
    (place / "sheets" / "broken.png").write_bytes(b"no picture")
    said = generalise.fn("sheets", models=["blank", "dark_threshold"])
    frame = read_leaderboard(place / "generalise" / "sheets" / "table.csv")
    assert set(frame["section"]) == {"sheets"}
    assert set(frame["originals_pictures"]) == {4}
    assert set(frame["children_pictures"]) == {0}
    rows = frame.set_index("model")
    inks = [(1 - np.round((1 - draw(seed)[1]) * 255) / 255).mean() for seed in range(4)]
    assert rows.loc["blank", "originals_mae"] == pytest.approx(np.mean(inks), abs=1e-5)
    assert rows.loc["dark_threshold", "originals_mae"] < rows.loc["blank", "originals_mae"]
    assert said.startswith("dark_threshold leads 2 rows on 4 pairs with an MAE of ")
    (section,) = sections(place / "generalise")
    assert (section.name, section.pictures) == ("sheets", 4)
    assert [row[0] for row in section.table.rows] == ["dark threshold", "blank"]
    assert len(section.table.headings) == len(section.table.rows[0]) > 5
    text = (place / "generalise" / "sheets" / "table.md").read_text()
    assert text.startswith("# On other pairs: sheets\n")
    assert "4 pairs of `sheets`, whole and untouched" in text
    assert "Left out: 1 that could not be read, and 0 that failed a check." in text


def test_a_pair_table_is_read_where_its_pictures_are(place: Path, draw: Draw) -> None:
    rows = []
    for seed, name in enumerate("abcd"):
        render, line = draw(seed)
        names = f"render/{name}.png", f"line/{name}.png"
        digests = (
            sha256(write_render(place / "pictures" / names[0], render)),
            sha256(write_line(place / "pictures" / names[1], line)),
        )
        rows.append(Pair(name, *names, name, "test", "nobody", "CC0-1.0", 64, 64, *digests))
    write_pairs(place / "tables" / "mine.csv", rows)
    generalise.fn("tables/mine.csv", name="other", models=["blank"], count=2, pictures="pictures")
    frame = read_leaderboard(place / "generalise" / "other" / "table.csv")
    assert frame["originals_pictures"].tolist() == [2]
    assert (place / "runs/generalise/other/evaluation/blank/predictions/a-0.png").exists()
    again = {"models": ["blank"], "count": 3, "pictures": "pictures"}
    generalise.fn("tables/mine.csv", name="other", **again)  # the same pairs: made anew
    shutil.copy(place / "tables/mine.csv", place / "other.csv")
    with pytest.raises(InputError, match="holds the table of tables/mine"):
        generalise.fn("other.csv", **again)
    frame = read_leaderboard(place / "generalise" / "other" / "table.csv")
    assert frame["originals_pictures"].tolist() == [3]


def test_the_page_has_the_section(project: Path, records: list[Record]) -> None:
    data, out = project / "data", project / "index.html"
    folders = Folders(data / "pairs", data / "checked", data / "splits", data / "augmented")
    frame, settings = leaderboard(records), ReportSettings(rows=2, picture=64, failures=1)
    other = Section("sheets", 4, Plain(["Model", "MAE"], [["clearnet", "0.0345"]]))
    write_report(out, frame, records, "0" * 32, folders, settings, [other])
    text = out.read_text()
    assert '<a href="#others">' in text
    assert "<h3>sheets, 4 drawings</h3>" in text
    assert "0.0345" in text
    write_report(out, frame, records, "0" * 32, folders, settings)
    assert "others" not in out.read_text()


def test_nothing_generalised_makes_no_section(tmp_path: Path) -> None:
    assert sections(tmp_path / "generalise") == []


def test_the_layout_of_a_folder_is_found(tmp_path: Path) -> None:
    assert layout_of(tmp_path) == "sheets"
    (tmp_path / "line").mkdir()
    assert layout_of(tmp_path) == "folders"


def test_a_wrong_name_is_answered_with_the_right_ones(place: Path) -> None:
    assert [run.name for run in chosen_models(None, place / "models")] == [
        "blank",
        "dark_threshold",
    ]
    with pytest.raises(InputError, match="Did you mean 'blank'"):
        chosen_models(["blanc"], place / "models")
    with pytest.raises(InputError, match="holds no models; `make repro` makes them"):
        chosen_models(None, place / "nothing")
    with pytest.raises(InputError, match="There is no folder nowhere"):
        generalise.fn("nowhere")
