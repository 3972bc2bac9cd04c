"""What the card of the shipped weights says of the trainings before, and the figures of the page."""

import hashlib
from pathlib import Path

import pytest

from lineart.catalogue.cards import ONNX
from lineart.errors import InputError
from lineart.runs import WEIGHTS, write_json
from scripts.release_weights import HAND, METRICS, earlier, figures, short

SEEN = {"crops": 300, "steps": 75, "hours": 0.5}
BEFORE = {"crops": 100, "steps": 25, "hours": 0.2}


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """Weights that began with others, `abc`."""
    (tmp_path / WEIGHTS).write_bytes(b"w" * 1_500_000)
    (tmp_path / ONNX).write_bytes(b"o" * 2_000_000)
    write_json(tmp_path / "card.json", {**SEEN, "start": "abc", "before": BEFORE})
    return tmp_path


def test_a_training_from_nothing_had_none_before(shipped: Path) -> None:
    assert earlier({}, shipped, shipped) == {}


def test_a_training_goes_on_from_what_ships(shipped: Path) -> None:
    start = hashlib.sha256((shipped / WEIGHTS).read_bytes()).hexdigest()
    assert earlier({"start": start}, shipped, shipped) == SEEN


def test_a_training_may_have_begun_elsewhere(shipped: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "mean"
    elsewhere.mkdir()
    (elsewhere / WEIGHTS).write_bytes(b"m")
    write_json(elsewhere / "card.json", {**BEFORE, "more": 1})
    start = hashlib.sha256(b"m").hexdigest()
    assert earlier({"start": start}, shipped, elsewhere) == BEFORE


def test_a_release_can_be_run_again(shipped: Path) -> None:
    """Then what ships is this training itself, and began where it began."""
    assert earlier({"start": "abc"}, shipped, shipped) == BEFORE


def test_nothing_is_said_of_weights_that_nothing_is_known_of(shipped: Path) -> None:
    with pytest.raises(InputError, match="began with other weights"):
        earlier({"start": "123"}, shipped, shipped)


def test_the_figures_of_the_page(shipped: Path) -> None:
    scores = dict.fromkeys(METRICS, 0.25)
    card = {
        **{"parameters": 1_234_567, "precision": "float32", "crop": 128, "data": "d1", "tau": 0.8},
        **{"crops": 123_376, "steps": 30_844, "hours": 3.21, "float16_moves": 2 / 255},
        "source": "trained by this project, commit 0123456789+",
        "scores": {"originals": scores, "children": scores, HAND: {**scores, "rim": 0.5}},
    }
    tested = {"originals": {"pictures": 7}, "children": {"pictures": 28}}
    lines = figures(card, tested, shipped).splitlines()
    assert lines[0].startswith(
        "1,234,567 parameters; 1.5 MB of weights in float32, 2.0 MB as ONNX."
    )
    assert (
        "123,376 crops, the last of 128 x 128 in 30,844 steps, 3.21 hours; read at tau 0.8."
        in lines[0]
    )
    assert "Data version `d1`, commit 0123456789+. " in lines[0]
    assert "moves by up to 2.00 of 255" in lines[0]
    assert "| originals | 7 | 0.2500 | 0.2500 | 0.2500 | 0.2500 |" in lines
    assert "| children | 28 | 0.2500 | 0.2500 | 0.2500 | 0.2500 |" in lines
    assert lines[-1] == "| Rim | 0.5000 |"


def test_a_commit_is_said_shortly() -> None:
    assert short("0123456789abcdef") == "0123456789"
    assert short("0123456789abcdef+") == "0123456789+"
