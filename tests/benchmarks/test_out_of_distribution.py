"""The drawings of another hand: what is drawn, what is done to it, and what is measured on it."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest

from dataset_tools.sources.svg import SVG, parse_svg, view_box
from lineart.errors import InputError

ROOT = Path(__file__).parents[2]
DRAWINGS = ROOT / "benchmarks/out_of_distribution/drawings"
STEPS = [
    *("bleed", "brush", "watercolour", "stains", "dusk", "glow", "mottle", "screentone"),
    *("paper", "noise", "soft", "jpeg"),
]
SIDE = 120


@pytest.fixture
def module() -> Any:
    return lambda name: importlib.import_module(f"benchmarks.out_of_distribution.{name}")


@pytest.fixture
def defects(module: Any) -> ModuleType:
    return module("defects")


def page(value: float = 0.0) -> Any:
    return np.full((SIDE, SIDE), value, np.float32)


def render_of(grey: Any) -> Any:
    return np.repeat(grey[..., None], 3, axis=2).astype(np.float32)


WHITE = render_of(page(1))


def test_every_drawing_has_its_two_layers_and_its_recipe(module):
    files = {path.stem: path for path in DRAWINGS.glob("*.svg")}
    assert set(files) == set(module("recipes").RECIPES)
    units = module("drawings").UNITS
    for name, path in files.items():
        root = parse_svg(path.read_bytes(), name)
        assert [group.get("id") for group in root.findall(f"{SVG}g")] == ["colour", "line"]
        sides = [side / units for side in view_box(root)[2:]]
        assert 512 <= max(sides) <= 1024, name
    assert sum(path.stat().st_size for path in files.values()) < 1.1e6


def test_recipes_name_steps_there_are(module):
    steps = module("manners").STEPS
    assert sorted(steps) == sorted(STEPS)
    for recipe in module("recipes").RECIPES.values():
        for name, strength in (*recipe.under, *recipe.over):
            assert name in steps
            assert 0 < strength <= 1


def test_layers_of_a_drawing_known_by_hand(module, tmp_path):
    # 20 x 10 pixels: the left half blue; ink in columns 4 and 5, and over half of column 8
    path = tmp_path / "bar.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50">'
        '<g id="colour"><path fill="#0000ff" d="M0 0h50v50h-50z"/></g>'
        '<g id="line" fill="#ff0000"><path d="M20 0h10v50h-10z"/>'
        '<path d="M40 0h2.5v50h-2.5z"/></g></svg>'
    )
    colour, ink, line = module("drawings").layers(path)
    assert line.shape == (10, 20)
    assert line[5].round(2).tolist()[3:10] == [0, 1, 1, 0, 0, pytest.approx(0.5, abs=0.01), 0]
    assert colour[5, 2].tolist() == [0, 0, 1]
    assert colour[5, 15].tolist() == [1, 1, 1]
    assert ink[5, 4].tolist() == [1, 0, 0]


def test_the_same_drawing_is_the_same_picture(module):
    example = module("drawings").example
    one, two = example("snail"), example("snail")
    assert np.array_equal(one.render, two.render)
    assert one.render.shape == (512, 512, 3)
    assert one.render.dtype == one.line.dtype == np.float32
    assert 0.02 < one.line.mean() < 0.1
    # the snail's ink is laid on last: where it covers a pixel, the pixel has its colour
    violet = np.array([0x3A, 0x1F, 0x4D], np.float32) / 255
    assert np.abs(one.render[one.line == 1] - violet).max() < 1.5 / 255


def test_an_unknown_drawing_is_named(module):
    with pytest.raises(InputError, match=r"There is no drawing 'snale'\. Did you mean 'snail'"):
        module("drawings").example("snale")


@pytest.mark.parametrize("name", STEPS)
def test_a_step_grows_from_nothing(module, name):
    ramp = np.linspace(0.1, 0.9, SIDE, dtype=np.float32)
    picture = np.stack([np.tile(ramp, (SIDE, 1)), np.tile(ramp[:, None], (1, SIDE)), page(0.6)], -1)
    picture[40:80, 40:80] = (0.9, 0.1, 0.1)
    apply = module("manners").apply
    none, much, again = (
        apply(((name, strength),), picture, np.random.default_rng(3)) for strength in (0, 1, 1)
    )
    # a JPEG file has its colours at half the size, at any quality
    assert np.abs(none - picture).mean() < (0.01 if name == "jpeg" else 1e-3)
    assert np.abs(much - picture).mean() > max(0.003, 1.5 * np.abs(none - picture).mean())
    assert np.array_equal(much, again)
    assert much.shape == picture.shape
    assert much.min() >= 0
    assert much.max() <= 1


def test_haze_is_seen_far_from_ink_only(defects):
    line, ink = page(), page()
    line[:, 60] = 1
    ink[:, 52:69] = 1  # all that is within 8 pixels
    assert defects.haze(ink, line, WHITE) == 0
    assert defects.haze(ink + page(0.2), line, WHITE) == pytest.approx(0.2)
    assert defects.haze(page(0.3), page(), WHITE) == pytest.approx(0.3)
    assert defects.haze(page(0.3), page(1), WHITE) is None


def test_dark_fill_is_an_area_and_no_stroke(defects):
    grey, line, ink = page(1), page(), page()
    grey[20:60, 20:60] = 0.1
    ink[20:60, 20:60] = 0.5
    assert defects.dark_fill(ink, line, render_of(grey)) == pytest.approx(0.5)
    assert defects.dark_fill(ink, line, render_of(np.where(grey < 1, 0.3, 1))) is None
    line[20:60, 20:60] = 1  # solid ink is dark, and right
    assert defects.dark_fill(ink, line, render_of(grey)) is None


def test_dots_of_screentone_are_no_dark_fill(defects):
    grey = page(1)
    grey[::8] = grey[1::8] = grey[2::8] = 0
    assert defects.dark_fill(page(0.5), page(), render_of(grey)) is None


def test_dark_fill_up_to_the_border(defects):
    grey = page(1)
    grey[:20] = 0.1
    ink = np.where(grey < 1, 1, 0).astype(np.float32)
    assert defects.dark_fill(ink, page(), render_of(grey)) == 1


def test_hollow_is_what_is_missing_inside(defects):
    line, ink = page(), page()
    line[20:60, 20:60] = 1
    ink[20:60, 20:60] = 1
    ink[24:56, 24:56] = 0.6  # from the fifth pixel on
    assert defects.hollow(ink, line, WHITE) == pytest.approx(0.4)
    assert defects.hollow(line, line, WHITE) == 0
    thin = page()
    thin[:, 40:48] = 1
    assert defects.hollow(page(), thin, WHITE) is None


def test_rim_is_the_outermost_four_pixels(defects):
    ink = page(0.3)
    ink[4:-4, 4:-4] = 0
    assert defects.rim(ink, page(), WHITE) == pytest.approx(0.3)
    assert defects.rim(page(0.3) - ink, page(), WHITE) == 0
    frame = page(1)
    frame[4:-4, 4:-4] = 0
    assert defects.rim(ink, frame, WHITE) is None


def test_the_truth_itself_has_no_fault(module):
    figures, drawn = module("figures"), module("drawings").example("snail")
    one = figures.measure(drawn, drawn.line)
    means = figures.of_set([one])
    # 8 bits a pixel: the rounding is all that is left
    assert means["mse"] < 1e-5
    assert means["f"] == means["cldice"] == means["best_f"] == 1
    assert means["missed_lines"] == means["false_lines"] == means["haze"] == means["rim"] == 0
    assert means["dark_fill"] is None
    assert means["hollow"] < 1e-3
    said = module("score").verdicts(means)
    assert said[0] == "Haze: 0.0000, within the 0.01 to be kept."
    assert len(said) == 3


def test_a_set_is_the_mean_over_what_can_be_told(module):
    figures = module("figures")
    base = {name: 0.0 for name in figures.COLUMNS if name != "best_f"}
    curve = np.zeros(99)
    curve[9] = 0.5
    one = figures.Measured("one", {**base, "mse": 0.1, "hollow": 0.4}, curve)
    two = figures.Measured("two", {**base, "mse": 0.3, "hollow": None}, np.full(99, 0.2))
    means = figures.of_set([one, two])
    assert means["mse"] == pytest.approx(0.2)
    assert means["hollow"] == 0.4
    assert means["best_f"] == pytest.approx(0.35)
    assert figures.best_threshold([one, two]) == pytest.approx(0.1)
    assert "| two | 0.3000 |" in figures.table({"two": two.row}, "drawing")


def test_the_benchmark_writes_what_was_asked_for(module, tmp_path, capsys):
    score = module("score")
    sheet, data = tmp_path / "sheet.png", tmp_path / "figures.json"
    asked = ["blank", "dark_threshold", "--drawings", "snail", "--sheet", str(sheet)]
    assert score.main([*asked, "--json", str(data), "--pictures", str(tmp_path / "seen")]) == 0
    said = capsys.readouterr().out
    assert "| blank |" in said
    assert "| snail |" in said
    assert "Haze: 0.0000, within the 0.01 to be kept." in said
    models = json.loads(data.read_text())["models"]
    assert models["blank"]["set"]["f"] == 0
    assert models["dark_threshold"]["drawings"]["snail"]["f"] > 0.5
    assert cv2.imread(str(sheet)).shape[1] > 3 * score.CELL
    assert {path.parent.name for path in (tmp_path / "seen").rglob("*.png")} == {
        *("render", "result", "truth")
    }


def test_an_unknown_name_is_one_sentence(module, capsys):
    assert module("score").main(["blank", "--drawings", "horse"]) == 1
    assert "There is no drawing 'horse'" in capsys.readouterr().err
