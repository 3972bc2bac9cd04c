"""The README's table is made by a command, and is the one that command makes."""

import re
import signal
import socket
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from lineart.errors import InputError
from pipelines import runtime
from pipelines.__main__ import main
from pipelines.alone import alone
from pipelines.failed import Failed
from pipelines.plan import estimate
from pipelines.report import tables
from pipelines.report.markdown import document, short
from pipelines.report.records import Record
from pipelines.road import readme
from pipelines.road.show import serve, show

ROOT = Path(__file__).parents[3]


@pytest.fixture
def results(project: Path, records: list[Record]) -> Path:
    """A project with a leaderboard and a README that has a place for it."""
    out = project / "reports"
    tables.write_tables(tables.leaderboard(records), records, "0123456789abcdef" * 2, out)
    (project / "README.md").write_text(f"# Ours\n\n{readme.BEGIN}\n{readme.END}\n\nMore.\n")
    return out / "leaderboard.csv"


def test_the_table_is_written_between_the_comments(project: Path, results: Path) -> None:
    assert readme.update(project, results) == [project / readme.RESULTS, project / "README.md"]
    content = (project / "README.md").read_text()
    assert content.startswith(f"# Ours\n\n{readme.BEGIN}\n\n| Model | MSE ↓ | MAE ↓ |")
    assert content.endswith(f"\n\n{readme.END}\n\nMore.\n")
    assert readme.between(content) == short(tables.read_leaderboard(project / readme.RESULTS))
    readme.update(project, results)
    assert (project / "README.md").read_text() == content


def test_the_machine_stands_below_and_what_stages_took_goes_along(
    project: Path, results: Path
) -> None:
    here = project / estimate.HERE
    estimate.write(here, estimate.Durations("An abacus, 2 cores", 1.0))
    kept = [project / readme.RESULTS, project / estimate.REFERENCE]
    assert readme.update(project, results) == [*kept, project / "README.md"]
    assert estimate.read(kept[1]) == estimate.read(here)
    content = (project / "README.md").read_text()
    assert readme.between(content) == (
        f"{short(tables.read_leaderboard(results))}\n\n"
        "Trained and measured by `make repro` on: An abacus, 2 cores."
    )


def test_the_commands(
    project: Path,
    results: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(runtime, "root", lambda: project)
    handlers = {number: signal.getsignal(number) for number in runtime.stop_signals()}
    try:
        assert main(["show", "--markdown"]) == 0
        assert main(["show", "--readme"]) == 0
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    table = short(tables.read_leaderboard(results))
    said = "Written: docs/results/leaderboard.csv\nWritten: README.md\n"
    assert capsys.readouterr().out == f"{table}\n{said}"
    assert table in (project / "README.md").read_text()


def test_the_leaderboard_on_the_terminal(
    project: Path, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    show(project)
    said = capsys.readouterr().out
    assert said.count("clearnet") == 3  # once a part, and in the legend of the mark
    assert "2 untouched originals, data 0123456789ab" in said
    assert "0.800\u00a0≈" in said
    assert "nan" not in said.lower()


@pytest.mark.parametrize("room", [40, 80, 130])
def test_a_figure_is_whole_or_not_there(
    project: Path,
    results: Path,
    room: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A terminal has 80 columns unless somebody widens it."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(room))
    show(project)
    said = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    table = said.partition("The report:")[0]
    assert "\u2026" not in table
    assert all(len(line) <= room for line in table.splitlines() if "No room" not in line)
    assert ("No room here for" in said) == (room < 130)
    assert "MSE \u2193" in table


def test_another_result_makes_the_readme_stale(project: Path, results: Path) -> None:
    readme.update(project, results)
    copy = project / readme.RESULTS
    copy.write_text(copy.read_text().replace("clearnet,network", "clearnot,network"))
    table = short(tables.read_leaderboard(copy))
    assert readme.between((project / "README.md").read_text()) != table


@pytest.mark.parametrize("content", ["", readme.BEGIN, f"{readme.END}\n{readme.BEGIN}\n"])
def test_a_readme_without_a_place_is_left_alone(project: Path, results: Path, content: str) -> None:
    (project / "README.md").write_text(content)
    with pytest.raises(InputError, match="The page has no place for what is written"):
        readme.update(project, results)
    assert (project / "README.md").read_text() == content
    assert not (project / readme.RESULTS).exists()


def test_the_rows_of_the_table(results: Path) -> None:
    head, rule, first, second, _, said = short(tables.read_leaderboard(results)).splitlines()
    assert head.split(" | ")[6:9] == ["False response ↓", "ODS ↑ (centre lines)", "ODS ↑ (strokes)"]
    assert rule.startswith("| --- | ---: |")
    assert first.startswith("| clearnet | **0.0001** | **0.0100** (0.0050–0.0150) | **0.800** |")
    assert second.startswith("| dark threshold (floor) | 0.0025 | 0.0500 (0.0250–0.0750) |")
    assert "**0.800** ≈" in second
    assert "12.5 ± 0.5" in first
    assert said.startswith(
        "On the 2 untouched originals of the test split, data version `0123456789ab`"
    )


def test_the_whole_document(records: list[Record]) -> None:
    said = document(tables.leaderboard(records), records, "0123456789abcdef")
    assert said.startswith("# Leaderboard on data 0123456789ab\n")
    assert "## On the 2 augmented children" in said
    assert "0.409 (recall 0.00–0.90)" in said
    assert "| a blank page on these pictures | 0.8889 |" in said
    assert "| TANet | 2024 | 0.1387 > MAE |" in said
    assert "clearnet (tiny) was trained for 20 steps on 160 pictures in 1.5 minutes" in said
    assert "nan" not in said.lower()


def test_a_row_near_the_reference_says_so(records: list[Record]) -> None:
    frame = tables.leaderboard(records)
    frame.loc[1, "originals_mae_distinguishable"] = False
    assert "| dark threshold (floor; ≈ clearnet by MAE on originals) |" in document(
        frame, records, "0" * 32
    )


def test_the_readme_shows_the_committed_results() -> None:
    """Of the real files; run `python -m pipelines show --readme` when it fails."""
    content = (ROOT / readme.README).read_text()
    if readme.BEGIN in content or (ROOT / readme.RESULTS).exists():
        durations = ROOT / estimate.REFERENCE
        assert readme.between(content) == readme.table(ROOT / readme.RESULTS, durations)


def test_a_table_with_a_failed_row_is_shown_but_not_committed(
    project: Path, results: Path, records: list[Record], capsys: pytest.CaptureFixture[str]
) -> None:
    failed = [Failed("evaluate@teed", "Its process was killed.")]
    tables.write_tables(tables.leaderboard(records), records, "0" * 32, results.parent, failed)
    show(project)
    said = capsys.readouterr().out
    assert "teed has no figures, for its stage evaluate failed: Its process was killed." in said
    assert [line.split()[:2] for line in said.splitlines() if "teed  " in line] == [
        ["teed", "failed"]
    ] * 2
    before = (project / "README.md").read_text()
    with pytest.raises(InputError, match=r"teed has no figures.* `make repro` tries again"):
        readme.update(project, results)
    assert (project / "README.md").read_text() == before


def test_a_port_that_is_taken_is_said_before_a_link_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from pipelines.tracking import board as tracking

    board = SimpleNamespace(uri="sqlite:///mlflow.db", link=str)
    monkeypatch.setattr(tracking, "Board", lambda: board)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(InputError, match=f"Port {port} is taken; .* PORT={port + 1}"):
            serve(port)
    assert capsys.readouterr().out == ""


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "tmp").write_text("a file where a folder should be")
    with (
        pytest.raises(InputError, match="cannot be written"),
        alone(tmp_path / "tmp" / "a.lock", ""),
    ):
        pass
