"""The showcase ranks without choosing by eye, and says what the figures say."""

from __future__ import annotations

import importlib
import io
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image

GOOD = {"cldice": 0.98, "missed_lines": 0.01, "false_lines": 0.0, "haze": 0.001, "rim": None}


@pytest.fixture
def showcase() -> ModuleType:
    return importlib.import_module("scripts.showcase")


@pytest.fixture
def reads(showcase: ModuleType) -> list[Any]:
    """Twenty drawings of 20 x 30, each better than the one before."""
    drawings = importlib.import_module("benchmarks.out_of_distribution.drawings")
    names = list(showcase.HARD)[:20]
    line, render = np.zeros((20, 30), np.float32), np.ones((20, 30, 3), np.float32)
    line[10] = 1
    return [
        showcase.Read(
            drawings.Example(name, render, line), line, {**GOOD, "cldice": 0.5 + number / 50}
        )
        for number, name in enumerate(names)
    ]


def test_every_drawing_has_its_sentence(showcase):
    recipes = importlib.import_module("benchmarks.out_of_distribution.recipes")
    assert set(showcase.HARD) == set(recipes.RECIPES)
    assert {*showcase.FRONT, *showcase.TRY} <= set(recipes.RECIPES)


def test_the_worst_are_always_shown(showcase, reads):
    good, bad = showcase.chosen(showcase.ranked(reads))
    names = [read.drawn.name for read in reads]
    assert [read.drawn.name for read in bad] == names[2::-1]
    assert len(good) == showcase.SHOWN - showcase.FAILURES
    assert good[0].drawn.name == names[-1]
    assert not {read.drawn.name for read in good} & set(names[:3])


def test_the_sentence_says_what_the_figures_say(showcase):
    said = showcase.how_it_went
    assert said(GOOD) == "clDice 0.980. Hardly a line is missing or too many."
    row = {**GOOD, "cldice": 0.5, "missed_lines": 0.4, "haze": 0.02, "hollow": 0.2}
    assert said(row) == (
        "clDice 0.500. 40 % of the lines are missing; grey haze lies in flat areas; solid black comes out "
        "grey or hollow."
    )


def test_the_page_has_them_in_order_and_the_failures_last(showcase, reads):
    good, bad = showcase.chosen(showcase.ranked(reads))
    means = {"mse": 0.01, "mae": 0.02, "f": 0.9, "cldice": 0.95}
    text = showcase.page(good, bad, means, len(reads))
    assert "all 20 drawings: MSE 0.0100, MAE 0.0200, F 0.900, clDice 0.950" in text
    shown, failed = text.split("## Failures")
    assert shown.count("images/gallery/") == 9
    assert failed.count("images/gallery/") == 3


def test_pictures_that_are_no_longer_shown_go(showcase, reads, monkeypatch, tmp_path):
    monkeypatch.setattr(showcase, "PICTURES", tmp_path / "gallery")
    monkeypatch.setattr(showcase, "PAGE", tmp_path / "gallery.md")
    showcase.PICTURES.mkdir()
    (showcase.PICTURES / "old.webp").write_bytes(b"old")
    showcase.PAGE.write_text(f"before\n{showcase.START}\nstale\n{showcase.END}\nafter\n")
    figures = importlib.import_module("benchmarks.out_of_distribution.figures")
    row = dict.fromkeys(figures.COLUMNS, 0.5)
    measured = [figures.Measured(read.drawn.name, row, np.zeros(99)) for read in reads]
    showcase.write_gallery(showcase.ranked(reads), measured)
    names = {path.stem for path in showcase.PICTURES.iterdir()}
    assert len(names) == 12
    assert "old" not in names
    text = showcase.PAGE.read_text()
    assert all(f"images/gallery/{name}.webp" in text for name in names)
    assert "stale" not in text
    with Image.open(showcase.PICTURES / f"{reads[0].drawn.name}.webp") as picture:
        assert picture.size == (3 * 30 + 2 * showcase.GAP, 20)


def test_files_are_small_enough(showcase):
    noise = np.random.default_rng(0).random((400, 500, 3)).astype(np.float32)
    assert len(showcase.as_jpeg(noise)) <= showcase.EXAMPLE_BYTES
    assert Image.open(io.BytesIO(showcase.as_png(noise[:40, :50]))).mode == "P"
