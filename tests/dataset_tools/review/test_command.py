"""What the commands of review say when a part of the world is missing."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from dataset_tools.__main__ import main
from dataset_tools.review import serve
from dataset_tools.review.client import TOKEN, URL
from dataset_tools.review.state import State
from dataset_tools.review.verdicts import Review, write_reviews

Checked = Callable[[Sequence[Any]], Path]
Figures = Callable[[int], list[Any]]


@pytest.fixture
def home(checked: Checked, figures: Figures, tmp_path: Path) -> list[str]:
    """The arguments of a project with two pairs, of which one is judged."""
    data = checked(figures(2))
    reviews, params = tmp_path / "reviews.csv", tmp_path / "params.yaml"
    content = State(data, reviews).contents["p00"]
    said = Review("p00", content, "fix", "dirt", "", 0, "", "ann", "2026-01-01T00:00:00Z")
    write_reviews(reviews, [said])
    params.write_text("review: {}\n")
    return ["--data", str(data), "--reviews", str(reviews), "--params", str(params)]


def test_status_without_a_server(
    home: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(URL, raising=False)
    assert main(["review", "status", *home]) == 0
    said = capsys.readouterr().out
    assert said.startswith("1 of 2 pairs are judged: 1 fix.\n")
    assert "dirt" in said


def test_status_tells_what_is_at_home_when_the_server_is_away(
    home: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(URL, "http://127.0.0.1:1")
    monkeypatch.setenv(TOKEN, "0" * 40)
    assert main(["review", "status", *home]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("1 of 2 pairs are judged: 1 fix.\n")
    assert "dirt" in out
    assert "http://127.0.0.1:1 cannot be reached" in err


def test_the_doctor_names_each_thing_once(
    home: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(URL, raising=False)
    monkeypatch.delenv(TOKEN, raising=False)
    assert main(["review", "doctor", *home]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["ok", "tables"],
        ["BAD", "address"],
        ["BAD", "token"],
    ]


def test_a_server_that_is_stopped_by_its_owner_has_not_failed(
    home: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Stopped:
        url = "http://127.0.0.1:8080"

        def __init__(self, port: int):
            pass

        def __enter__(self) -> "Stopped":
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def wait(self) -> int:
            raise KeyboardInterrupt

    monkeypatch.setattr(serve, "LocalServer", Stopped)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    assert main(["review", "serve", *home]) == 0
    assert capsys.readouterr().out.endswith("Label Studio stops.\n")
