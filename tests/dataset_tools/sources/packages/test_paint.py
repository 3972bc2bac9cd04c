"""Ink is told exactly: drawings of 8 x 8 squares, drawn at 8 pixels, whose every pixel is known by hand."""

import numpy as np
import pytest

from dataset_tools.sources.packages.paint import (
    change_ink,
    colours_alone,
    hex_of,
    ink_alone,
    line_art,
    paints,
)
from dataset_tools.sources.svg import parse_svg, rasterise
from lineart.errors import InputError

INKS = {"#45413c"}
HEAD = 'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"'
SQUARE = "M0 0h8v8h-8z"


def svg(body):
    return parse_svg(f"<svg {HEAD}>{body}</svg>".encode(), "it")


def black(root):
    """Where a drawing is black, and that it is black or white everywhere: (8, 8)."""
    picture = rasterise(root, 8)
    assert set(np.unique(picture)) <= {0.0, 1.0}
    return picture[:, :, 0] == 0


def box(x0, y0, x1, y1):
    mask = np.zeros((8, 8), bool)
    mask[y0:y1, x0:x1] = True
    return mask


LEFT, TOP = box(0, 0, 4, 8), box(0, 0, 8, 4)
NONE = box(0, 0, 0, 0)
HALF = '<path fill="#45413c" d="M0 0h4v8h-4z"/>'
CLIPPED = f'<path clip-path="url(#c)" fill="#45413c" d="{SQUARE}"/>'
MASKED = f'<g mask="url(#m)"><path fill="#45413c" d="{SQUARE}"/></g>'
PAINTED = f'<path fill="url(#g)" d="{SQUARE}"/>'
STOP = '<stop stop-color="#fff"/>'
CLEAR = '<stop offset="1" stop-color="#fff" stop-opacity="0"/>'


@pytest.mark.parametrize(
    ("body", "ink"),
    [
        # a fill and a stroke, in any spelling
        ('<path fill="#45413C" d="M0 0h4v8h-4z"/>', LEFT),
        ('<path fill="rgb(69, 65, 60)" d="M0 0h4v8h-4z"/>', LEFT),
        ('<path style="fill:none;stroke:#45413c;stroke-width:4" d="M2 0v8"/>', LEFT),
        # another colour is none, and the default is black
        ('<path d="M0 0h4v8h-4z"/>', NONE),
        ('<path fill="#45413d" d="M0 0h4v8h-4z"/>', NONE),
        # inherited, and overruled
        (f'<g fill="#45413c"><path d="{SQUARE}"/><path d="M4 0h4v8h-4z" fill="red"/></g>', LEFT),
        # what a colour covers stays covered
        (f'{HALF}<path fill="#fff" d="M0 4h8v4h-8z"/>', LEFT & TOP),
        # a shadow in the colour of ink is none, and hides none
        ('<path fill="#45413c" opacity=".15" d="M0 0h8v4h-8z"/>', NONE),
        ('<g opacity=".5"><path fill="#45413c" opacity=".5" d="M0 0h8v4h-8z"/></g>', NONE),
        (f'{HALF}<path fill="#fff" opacity=".3" d="{SQUARE}"/>', LEFT),
        (f'{HALF}<path style="mix-blend-mode:multiply" fill="red" d="{SQUARE}"/>', LEFT),
        # ink is opaque; a grey made of it is a colour, and covers
        (f'{HALF}<path fill="#45413c" opacity=".6" d="{SQUARE}"/>', NONE),
        # clones have a paint of their own
        (
            '<defs><path id="a" d="M0 0h4v4h-4z"/></defs>'
            '<use href="#a" fill="#45413c"/><use href="#a" y="4" fill="red"/>',
            LEFT & TOP,
        ),
        # the paint of a clip or a mask is none
        (f'<clipPath id="c"><path fill="red" d="M0 0h4v8h-4z"/></clipPath>{CLIPPED}', LEFT),
        (f'<mask id="m"><path fill="#fff" d="M0 0h4v8h-4z"/></mask>{MASKED}', LEFT),
        # a shine fades, a solid gradient covers
        (f'<linearGradient id="g">{STOP}{CLEAR}</linearGradient>{HALF}{PAINTED}', LEFT),
        (f'<linearGradient id="g">{STOP}</linearGradient>{HALF}{PAINTED}', NONE),
    ],
)
def test_ink_is_black_and_all_else_white(body, ink):
    np.testing.assert_array_equal(black(line_art(svg(body), INKS)), ink)


def test_the_parts_of_a_drawing():
    root = svg('<path fill="#45413c" d="M0 0h4v8h-4z"/><path fill="red" d="M0 4h8v4h-8z"/>')
    np.testing.assert_array_equal(black(ink_alone(root, INKS)), LEFT)
    colours = rasterise(colours_alone(root, INKS), 8)
    np.testing.assert_array_equal(colours[:, :, 1] == 0, ~TOP)
    np.testing.assert_array_equal(colours[:, :, 0], 1)


def test_ink_is_widened_and_recoloured_and_no_colour_is():
    root = svg(
        '<g stroke-width="2"><path stroke="#45413c" d="M2 0v8"/><path stroke="red" d="M7 0v8"/></g>'
    )
    picture = rasterise(change_ink(root, INKS, 2, "#0000ff"), 8)
    np.testing.assert_array_equal((picture == (0, 0, 1)).all(axis=2), LEFT)
    np.testing.assert_array_equal((picture == (1, 0, 0)).all(axis=2), box(6, 0, 8, 8))
    assert change_ink(root, INKS, 1.0) is not root


@pytest.mark.parametrize(
    "body",
    ["<text>A</text>", "<style>.a{fill:red}</style>", '<use href="#nowhere"/>', '<use id="a" href="#a"/>'],
)  # fmt: skip
def test_what_cannot_be_told_is_refused(body):
    with pytest.raises(InputError):
        line_art(svg(body), INKS)


def test_words_that_are_no_colour():
    assert [hex_of(word) for word in ("none", "url(#a)", "currentColor", "#fff")] == [
        *("", "", ""),
        "#ffffff",
    ]
    assert [paint.kind for paint in paints(svg('<path fill="none" d="M0 0"/>'))] == []
