"""The stage `curate` reads tables and nothing else."""

from pathlib import Path

import pandas as pd
import pytest

from dataset_tools.review.verdicts import Review, content_of, write_reviews
from lineart.sets.pairs import read_table, write_table
from pipelines.stages.curate import curate

COLUMNS = ["id", "render_sha256", "line_sha256"]


def said(name: str, content: str, verdict: str) -> Review:
    return Review(name, content, verdict, "", "", 0, "", "ann", "2026-01-01T00:00:00Z")


def test_verdicts_decide_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_table(
        tmp_path / "data/checked/pairs.csv",
        pd.DataFrame([("a", "1", "2"), ("b", "3", "4")], columns=COLUMNS),
    )
    held = pd.DataFrame([("c", "5", "6", "visible", "why")], columns=[*COLUMNS, "check", "reason"])
    write_table(tmp_path / "data/checked/quarantine.csv", held)
    reviews = [
        said("a", content_of("1", "2"), "reject"),
        said("c", content_of("5", "6"), "accept"),
        said("b", "0", "fix"),
    ]
    write_reviews(tmp_path / "data/reviews.csv", reviews)
    (tmp_path / "params.yaml").write_text("qa: {}\n")
    assert curate.fn() == (
        "2 pairs left, 2 of all seen by a person; 1 verdict is void, see data/curated/void.csv"
    )
    assert list(read_table(tmp_path / "data/curated/pairs.csv")["id"]) == ["b", "c"]
    assert list(read_table(tmp_path / "data/curated/quarantine.csv")["check"]) == ["review"]
    assert list(read_table(tmp_path / "data/curated/void.csv")["id"]) == ["b"]
