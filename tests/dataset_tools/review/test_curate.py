from pathlib import Path

import pandas as pd
import pytest

from dataset_tools.review.curate import curate, write_curated
from dataset_tools.review.verdicts import Review, content_of
from lineart.errors import InputError
from lineart.sets.pairs import read_table

COLUMNS = ["id", "render_sha256", "line_sha256", "cluster"]


def pairs(*names: str) -> pd.DataFrame:
    return pd.DataFrame([(name, f"r{name}", f"l{name}", name) for name in names], columns=COLUMNS)


def held(**reasons: str) -> pd.DataFrame:
    rows = [(name, f"r{name}", f"l{name}", name, check, "why") for name, check in reasons.items()]
    return pd.DataFrame(rows, columns=[*COLUMNS, "check", "reason"])


def said(name: str, verdict: str, content: str | None = None, reviewer: str = "ann") -> Review:
    of = content_of(f"r{name}", f"l{name}") if content is None else content
    return Review(name, of, verdict, "", "", 0, "", reviewer, "2026-01-01T00:00:00Z")


def test_without_verdicts_nothing_changes() -> None:
    curated = curate(pairs("a", "b"), held(c="visible"), [])
    pd.testing.assert_frame_equal(curated.pairs, pairs("a", "b"))
    pd.testing.assert_frame_equal(curated.quarantined, held(c="visible"))
    assert curated.void.empty


def test_a_rejected_pair_leaves_and_one_to_be_mended_waits() -> None:
    curated = curate(pairs("a", "b", "c"), held(), [said("a", "reject"), said("b", "fix")])
    assert list(curated.pairs["id"]) == ["c"]
    rows = curated.quarantined.set_index("id")
    assert rows.loc["a", ["check", "reason"]].tolist() == ["review", "rejected by ann"]
    assert rows.loc["b", "reason"] == "waits to be mended by ann"


def test_an_accepted_pair_returns_from_quarantine() -> None:
    curated = curate(pairs("a"), held(b="visible", c="missing"), [said("b", "accept")])
    assert list(curated.pairs["id"]) == ["a", "b"]
    assert list(curated.quarantined["id"]) == ["c"]
    assert curated.summary["returned from quarantine"] == 1


def test_a_pair_in_quarantine_keeps_its_own_reason_when_people_agree() -> None:
    curated = curate(pairs("a"), held(b="visible"), [said("b", "reject")])
    assert curated.quarantined.loc[0, "check"] == "visible"


@pytest.mark.parametrize("check", ["decodes", "sizes", "duplicate"])
def test_what_cannot_be_trained_on_stays_out(check: str) -> None:
    curated = curate(pairs("a"), held(b=check), [said("b", "accept")])
    assert list(curated.pairs["id"]) == ["a"]


def test_a_verdict_on_pictures_that_have_changed_is_void_and_told() -> None:
    curated = curate(
        pairs("a"), held(), [said("a", "reject", content="old"), said("gone", "accept")]
    )
    assert list(curated.pairs["id"]) == ["a"]
    assert curated.void[["id", "reason"]].values.tolist() == [
        ["a", "its pictures have changed since"],
        ["gone", "there is no such pair"],
    ]
    assert curated.summary["void verdicts"] == 2


def test_when_nothing_is_left_it_is_said() -> None:
    with pytest.raises(InputError, match="Not one of 1 pairs is left after review"):
        curate(pairs("a"), held(), [said("a", "reject")])


def test_the_tables_are_written(tmp_path: Path) -> None:
    write_curated(tmp_path, curate(pairs("a", "b"), held(), [said("a", "reject")]))
    assert list(read_table(tmp_path / "pairs.csv")["id"]) == ["b"]
    assert list(read_table(tmp_path / "quarantine.csv")["id"]) == ["a"]
    assert list(read_table(tmp_path / "void.csv").columns) == [
        "id",
        "verdict",
        "reviewer",
        "reason",
    ]
    assert '"reject": 1' in (tmp_path / "summary.json").read_text()
