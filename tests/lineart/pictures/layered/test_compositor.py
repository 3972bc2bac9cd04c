import numpy as np
import pytest

from lineart.errors import InputError
from lineart.pictures.layered import compositor
from lineart.pictures.layered.blending import MODES, blend
from lineart.pictures.layered.compositor import flatten
from lineart.pictures.layered.tree import Layer, Mask, Pixels


def sheet(colour, size=(4, 4)) -> Pixels:
    return np.full((size[1], size[0], 4), colour, np.uint8)


def layer(colour, size=(4, 4), **more) -> Layer:
    return Layer("", size=size, pixels=lambda: sheet(colour, size), **more)


def group(*children, **more) -> Layer:
    return Layer("", children=children, **more)


def at(x, y, *layers):
    return tuple(int(v) for v in flatten(layers, 4, 4, "x")[y, x])


RED, GREEN, GREY = (255, 0, 0, 255), (0, 255, 0, 255), (128, 128, 128, 255)


@pytest.mark.parametrize(
    ("mode", "answer"),
    [  # 0.8 below, 0.4 above, worked out by hand
        ("normal", 0.4),
        ("multiply", 0.32),
        ("screen", 0.88),
        ("overlay", 0.76),
        ("darken", 0.4),
        ("lighten", 0.8),
        ("color-dodge", 1.0),
        ("color-burn", 0.5),
        ("hard-light", 0.64),
        ("soft-light", 0.768),
        ("soft-light-root", 0.768),
        ("difference", 0.4),
        ("exclusion", 0.56),
        ("add", 1.0),
        ("subtract", 0.4),
        ("divide", 1.0),
        ("linear-burn", 0.2),
        ("linear-light", 0.6),
        ("vivid-light", 0.75),
        ("pin-light", 0.8),
        ("luminosity", 0.4),
        ("hue", 0.8),
        ("saturation", 0.8),
        ("color", 0.8),
    ],
)
def test_blend_modes_on_grey(mode, answer):
    below, above = (np.array([[v, v, v, 1]], np.float32) for v in (0.8, 0.4))
    assert blend(below, above, mode)[0] == pytest.approx([answer] * 3 + [1], abs=1e-5)


def test_hue_and_saturation_change_colours_as_told():
    red, blue = (np.array([[*rgb, 1]], np.float32) for rgb in ((1, 0, 0), (0, 0, 1)))
    # blue's hue at red's luma 0.3: blue 1 has 0.11, so white is added: 0.19 / 0.89 of the way
    share = 0.19 / 0.89
    assert blend(red, blue, "hue")[0, :3] == pytest.approx([share, share, 1], abs=1e-5)
    grey = np.array([[0.5, 0.5, 0.5, 1]], np.float32)
    assert blend(red, grey, "saturation")[0, :3] == pytest.approx([0.3, 0.3, 0.3], abs=1e-5)


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode != "erase"])
def test_any_mode_on_nothing_is_the_layer_itself(mode):
    nothing = np.zeros((1, 4), np.float32)
    above = np.array([[0.1, 0.2, 0.3, 0.5]], np.float32)
    assert blend(nothing, above, mode) == pytest.approx(above)
    assert blend(above, nothing, mode) == pytest.approx(above)


def test_opacity_and_offset():
    half = layer(GREEN, (2, 2), opacity=0.5, x=3, y=3)
    assert at(3, 3, layer(RED), half) == (128, 128, 0, 255)
    assert at(2, 2, layer(RED), half) == (255, 0, 0, 255)
    assert at(0, 0, layer(RED, (2, 2), x=-1, y=-1)) == RED
    assert at(1, 1, layer(RED, (2, 2), x=-1, y=-1)) == (0, 0, 0, 0)


def test_hidden_layers_and_groups_do_not_show():
    assert at(0, 0, layer(RED, visible=False)) == (0, 0, 0, 0)
    assert at(0, 0, group(layer(RED), visible=False)) == (0, 0, 0, 0)


def test_a_group_is_translucent_as_a_whole():
    both = group(layer(RED), layer(GREEN), opacity=0.5)
    assert at(0, 0, layer((0, 0, 255, 255)), both) == (0, 128, 128, 255)


def test_an_isolated_group_does_not_multiply_what_is_below_and_one_passed_through_does():
    times = layer(GREY, mode="multiply")
    assert at(0, 0, layer(RED), group(times)) == GREY
    assert at(0, 0, layer(RED), group(times, through=True)) == (128, 0, 0, 255)
    assert at(0, 0, layer(RED), group(times, through=True, opacity=0.5)) == (192, 0, 0, 255)


def test_atop_shows_only_where_something_is_below():
    clipped = group(layer(RED, (2, 4)), layer(GREEN, atop=True, mode="normal"))
    assert at(1, 0, clipped) == GREEN
    assert at(2, 0, clipped) == (0, 0, 0, 0)


def test_erase_takes_away():
    assert at(0, 0, layer(RED), layer((0, 0, 0, 128), mode="erase"))[3] == 127


def test_a_mask_has_a_place_and_a_value_outside():
    mask = Mask(1, 1, lambda: np.full((2, 2), 255, np.uint8))
    assert at(1, 1, layer(RED, mask=mask)) == RED
    assert at(0, 0, layer(RED, mask=mask)) == (0, 0, 0, 0)
    hole = Mask(1, 1, lambda: np.zeros((2, 2), np.uint8), outside=255)
    assert at(2, 2, group(layer(RED), mask=hole)) == (0, 0, 0, 0)
    assert at(3, 3, group(layer(RED), mask=hole, through=True)) == RED


def test_an_unknown_mode_is_named():
    with pytest.raises(InputError, match=r"x: the blend mode 'dissolve' of the layer ''.*multiply"):
        flatten([layer(RED, mode="dissolve")], 4, 4, "x")


def test_tiles_do_not_show(monkeypatch):
    layers = [layer(RED), layer((0, 255, 0, 90), (3, 3), x=1, y=1, mode="screen")]
    whole = flatten(layers, 4, 4, "x")
    monkeypatch.setattr(compositor, "TILE", 3)
    assert np.array_equal(flatten(layers, 4, 4, "x"), whole)


def test_groups_within_groups_have_a_limit_of_memory(monkeypatch):
    monkeypatch.setattr(compositor, "MAX_CANVASES", 40)
    assert at(0, 0, group(layer(RED))) == RED  # 16 + 16 pixels
    with pytest.raises(InputError, match="too much memory for its groups"):
        at(0, 0, group(group(layer(RED))))
