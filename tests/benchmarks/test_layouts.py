"""What is compared at equal clock, and how it is judged; the trainings are those of the package."""

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest

from lineart.pictures.images import write_line, write_render


@pytest.fixture
def layouts(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("layouts")


def test_a_variant_is_read(layouts):
    found = layouts.Variant.read("light:crop=96,average=0.99,model.middle=32")
    assert (found.model, found.train) == ("clearnet", {"crop": 96, "average": 0.99})
    assert found.arguments == {"preset": "light", "middle": 32}
    found = layouts.Variant.read("u2netp")
    assert (found.model, found.train, found.arguments) == ("u2netp", {}, {})


def stroke(row: int) -> np.ndarray:
    line = np.zeros((32, 32), np.float32)
    line[row : row + 4] = 1
    return line


def test_a_reader_without_fault_and_one_that_sees_nothing(layouts):
    """A right answer costs nothing; a blank one misses all lines and errs by the ink, an eighth."""
    shown = [
        ("originals", "", np.repeat(1 - stroke(8)[..., None], 3, 2), stroke(8)),
        ("children", "", np.repeat(1 - stroke(20)[..., None], 3, 2), stroke(20)),
    ]
    right = layouts.judged(lambda render: 1 - render[..., 0], shown)
    blank = layouts.judged(lambda render: np.zeros(render.shape[:2], np.float32), shown)
    for part in ("originals", "children"):
        assert right[part] == pytest.approx(
            {"mse": 0, "mae": 0, "f": 1, "cldice": 1, "missed": 0}, abs=1e-9
        )
        assert blank[part] == pytest.approx(
            {"mse": 0.125, "mae": 0.125, "f": 0, "cldice": 0, "missed": 1}
        )


def test_a_hand_counts_once_however_many_drawings_it_has(layouts):
    """Three drawings of one hand read right and one of another missed: half of the lines are missed."""
    dark = np.repeat(1 - stroke(8)[..., None], 3, 2)
    shown = [("originals", "", dark, stroke(8))] + [
        ("hands", hand, render, stroke(8))
        for hand, render in [("a", dark)] * 3 + [("b", np.ones_like(dark))]
    ]
    found = layouts.judged(lambda render: 1 - render[..., 0], shown)
    assert found["hands"]["missed"] == 0.5
    assert found["originals"]["missed"] == 0


def test_pictures_of_other_hands_are_found(layouts, tmp_path, monkeypatch):
    class Split:
        children = ()

        def __init__(self, folder, split):
            assert split == "val"

    monkeypatch.setattr(layouts, "Shards", Split)
    write_render(tmp_path / "ann-cat.render.png", np.ones((8, 1536, 3), np.float32))
    write_line(tmp_path / "ann-cat.line.png", np.ones((8, 1536), np.float32))
    ((part, hand, render, line),) = layouts.pictures(tmp_path, 1, 1, [("hands", tmp_path)])
    assert (part, hand, render.shape, line.shape) == ("hands", "ann", (4, 768, 3), (4, 768))
    assert line.min() == 1


def test_the_table(layouts):
    scores = {"mse": 0.00123, "mae": 0.0123, "f": 0.95, "missed": 0.02, "cldice": 1}
    one = {"variant": "light", "seed": 1, "parameters": 944690, "steps": 1000}
    assert layouts.markdown([{**one, "parts": {"originals": scores}}]).splitlines()[2] == (
        "| `light` | 1 | 944,690 | 1,000 | 0.00123 / 0.0123 / 0.950 / 0.020 |"
    )


def test_a_clock_goes_on_by_the_price_of_a_step(layouts):
    clock = layouts.Priced(0.5)
    for done in (1, 2, 3):
        clock.step(done, 100)
    assert clock() == 1.5


def test_prices_are_medians_of_turns_and_are_measured_once(layouts, tmp_path, monkeypatch):
    turns = {"light": iter([[1, 1], [2, 2], [9, 9]]), "teed": iter([[3], [3], [3]])}
    monkeypatch.setattr(layouts, "_steps_timed", lambda variant, *rest: next(turns[variant.text]))
    both = [layouts.Variant.read(name) for name in ("light", "teed")]
    assert layouts.prices(both, tmp_path, tmp_path) == {"light": 2.0, "teed": 3.0}
    assert layouts.prices(both, tmp_path, tmp_path) == {"light": 2.0, "teed": 3.0}
