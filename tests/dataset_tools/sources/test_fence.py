"""A drawing that ends the process that draws it ends no other."""

import multiprocessing
import os

import cv2
import numpy as np
import pytest
import resvg_py

from dataset_tools.sources import fence
from dataset_tools.sources.fence import draw_fenced
from lineart.errors import InputError

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">{}</svg>'
BOX = SVG.format('<path d="M0 0H4V8H0z" fill="#f00"/>')
# A curve that ends a thousand million units away: resvg aborts. Found by benchmarks/fuzz.py.
CURVE = "M52,23.8c-0.1-0.6-0.5-1.1-1.2-1.1c-0.1,0.7-0.7,1.3-1.5,1.3s-1.6-0.7-1.5-1e9.8"
STROKE = 'fill="none" stroke="#000" stroke-width="2"'
ABORTS = f'<svg xmlns="http://www.w3.org/2000/svg"><path {STROKE} d="{CURVE}"/></svg>'


def pixels(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)


def test_a_drawing_is_that_of_the_library() -> None:
    drawn = draw_fenced(BOX, 8, 8)
    assert drawn == bytes(resvg_py.svg_to_bytes(svg_string=BOX, width=8, height=8))
    assert pixels(drawn)[4].tolist() == [[0, 0, 255, 255]] * 4 + [[0, 0, 0, 0]] * 4


def test_one_child_draws_many_and_none_but_ours() -> None:
    draw_fenced(BOX, 4, 4)
    first = fence._children[os.getpid()].pid
    assert draw_fenced(BOX, 4, 4) == draw_fenced(BOX, 4, 4)
    assert fence._children[os.getpid()].pid == first
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply(draw_fenced, (BOX, 4, 4)) == draw_fenced(BOX, 4, 4)
    assert fence._children[os.getpid()].pid == first


@pytest.mark.parametrize("markup", ["", "<svg", "<html/>", "\udcff", SVG.format("<path")])
def test_what_is_no_svg_is_one_sentence(markup: str) -> None:
    with pytest.raises(InputError, match="The SVG cannot be drawn") as caught:
        draw_fenced(markup, 8, 8)
    assert len(str(caught.value).splitlines()) == 1
    assert draw_fenced(BOX, 4, 4)


def test_a_drawing_that_ends_its_process() -> None:
    with pytest.raises(InputError, match="its numbers are too large, or it needs too much memory"):
        draw_fenced(ABORTS, 48, 48)
    assert draw_fenced(BOX, 4, 4)


def test_a_child_that_ends_is_replaced() -> None:
    draw_fenced(BOX, 4, 4)
    fence._children[os.getpid()].kill()
    with pytest.raises(InputError, match="its numbers are too large, or it needs too much memory"):
        draw_fenced(BOX, 4, 4)
    assert draw_fenced(BOX, 4, 4)


def test_a_drawing_that_needs_more_than_there_is() -> None:
    with pytest.raises(InputError, match="cannot be drawn"):
        draw_fenced(BOX, 60_000, 60_000)
    assert draw_fenced(BOX, 4, 4)


def test_a_drawing_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fence, "SECONDS", 0.001)
    circles = (
        '<circle cx="4" cy="4" r="4" fill="#0001" stroke="#000" stroke-dasharray="0.01"/>' * 300
    )
    with pytest.raises(InputError, match=r"it takes more than 0\.001 seconds"):
        draw_fenced(SVG.format(circles), 2000, 2000)
    monkeypatch.undo()
    assert draw_fenced(BOX, 4, 4)
