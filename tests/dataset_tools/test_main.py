"""The command line of the dataset tools."""

import json
from pathlib import Path

import pandas as pd
import pytest

from dataset_tools.__main__ import main
from lineart.sets.pairs import write_table


def version(path: Path, *ids: str) -> str:
    frame = pd.DataFrame({"id": ids, "render_sha256": "r", "line_sha256": "l"})
    write_table(path, frame)
    return str(path)


def test_diff_for_people_and_for_machines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = version(tmp_path / "a.csv", "线稿", "b"), version(tmp_path / "b.csv", "线稿")
    assert main(["diff", one, other]) == 0
    assert "removed          1  b\n" in capsys.readouterr().out
    assert main(["diff", one, other, "--json"]) == 0
    out = capsys.readouterr().out
    assert json.loads(out)["removed"] == ["b"]
    assert main(["diff", other, one, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["added"] == ["b"]


def test_what_is_wrong_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = version(tmp_path / "a.csv", "a")
    assert main(["diff", table, str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"{tmp_path} holds no data set: looked for")
    assert said.err.count("\n") == 1


def test_align_needs_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["align", str(tmp_path), str(tmp_path), str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.startswith("There is no table")
