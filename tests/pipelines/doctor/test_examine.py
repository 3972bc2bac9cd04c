"""The whole page: on a Python with nothing installed, with a section that fails, without secrets."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dataset_tools.advice import Advice, status_of
from pipelines.doctor import examine
from pipelines.doctor.examine import as_text, doctor
from pipelines.doctor.place import Place

ROOT = Path(__file__).parents[3]


def test_it_runs_with_nothing_installed() -> None:
    """Python with its standard library alone; and in a terminal that knows few letters."""
    environment = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "ascii", "HOME": "/"}
    done = subprocess.run(
        [sys.executable, "-S", "-m", "pipelines", "doctor"],
        cwd=ROOT,
        env={**environment, "https_proxy": "http://me:s3cret@proxy"},
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    for title in examine.SECTIONS:
        assert f"\n{title}\n" in f"\n{done.stdout}"
    assert "not installed yet; make install" in done.stdout
    assert "https_proxy=http://***@proxy" in done.stdout
    assert (
        "no_proxy lacks localhost and 127.0.0.1" in done.stdout
    )  # as the user has it, not the road
    assert "could not be looked at" not in done.stdout
    assert "export PYTHONUTF8=1" in done.stdout  # which stops the road, and so
    assert done.returncode == 1


def test_a_variable_of_the_users_is_seen_as_it_is() -> None:
    """Proxies that no client can use are taken out of the road's own environment, not of the page."""
    code = "from pipelines import runtime; print(runtime.GIVEN['ALL_PROXY'], 'no_proxy' in runtime.GIVEN)"
    environment = {"PATH": os.environ["PATH"], "ALL_PROXY": "socks4://proxy:1080"}
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "socks4://proxy:1080 False\n"


def test_a_section_that_fails_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def ill(place: Place) -> Iterator[Advice]:
        yield Advice("first", True, "was seen")
        raise RuntimeError("at http://me:s3cret@host")

    well = [Advice("clearnet", True, "bfloat16, of ≤ 2 kinds")]
    sections = {"Ill": ill, "Well": lambda place: well}
    monkeypatch.setattr(examine, "SECTIONS", sections)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), "ascii"))
    assert doctor(ROOT) == 0
    sys.stdout.seek(0)
    said = sys.stdout.read().splitlines()
    assert said[:6] == [
        "Ill",
        "  ok   first    was seen",
        "  odd  ill      could not be looked at further (RuntimeError: at http://***@host); please "
        "report it.",
        "",
        "Well",
        "  ok   clearnet bfloat16, of ? 2 kinds",
    ]
    assert said[-1] == "The road can run; 1 odd, of which the line says what to do."


def test_the_end_says_whether_the_road_can_run() -> None:
    fine = Advice("disk", True, "at /home/me/clone")
    odd, bad = Advice("tmp", False, "small.", stops=False), Advice("git", False, "none.")
    for home in ("/home/me", "/home/me/"):
        place = Place(ROOT, {"HOME": home})
        text = as_text({"A": [fine]}, place)
        assert text == "A\n  ok   disk at ~/clone\n\nThe road can run: nothing is wrong."
    others = [Advice("a", True, "/home/me, /home/meg, ///")]
    assert as_text({"A": others}, place).splitlines()[1] == "  ok   a ~, /home/meg, ///"
    assert as_text({"A": others}, Place(ROOT, {"HOME": "/"})).splitlines()[1].endswith(" ///")
    text = as_text({"A": [fine, odd], "B": [bad]}, place)
    assert text.endswith("1 BAD: the road stops there; 1 odd. What to do stands in the line.")
    assert [status_of(seen) for seen in ([], [fine], [fine, odd], [odd, bad])] == [0, 0, 0, 1]
