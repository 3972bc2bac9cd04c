"""Files made by Krita, MyPaint, GIMP, ag-psd and Inkscape against what those programs show themselves."""

import numpy as np
import pytest
from PIL import Image

from dataset_tools.sources.layered.formats import read_layers
from lineart.errors import InputError
from lineart.pictures.layered.tree import Document, Layer, leaves


def opened(path, **kwargs) -> Document:
    return read_layers(path.read_bytes(), path.name, **kwargs)


def white(pixels) -> np.ndarray:
    pixels = np.asarray(pixels, float)
    alpha = pixels[..., 3:] / 255
    return pixels[..., :3] * alpha + 255 * (1 - alpha)


def off_by(document: Document, picture) -> float:
    """The largest difference between what we draw and what the program exported, in levels of 255."""
    exported = np.asarray(Image.open(picture).convert("RGBA"))
    return float(np.abs(white(document.draw(document.layers)) - white(exported)).max())


@pytest.mark.parametrize(
    ("file", "levels"),
    [
        ("krita-figures.ora", 0),
        ("krita-frames.ora", 0),
        ("krita-nested.ora", 1),
        ("krita-blends.ora", 3),  # Krita rounds to 8 bits after every layer
        ("krita-figures.kra", 0),
        ("krita-clip.kra", 0),
        ("gimp-figures.psd", 1),
        ("gimp-nested.psd", 1),
        ("gimp-blends.psd", 1),
        ("inkscape-figures.svg", 1),
    ],
)
def test_a_file_shows_what_its_program_exports(made, file, levels):
    document = opened(made / file, longest=128)
    program, _, name = file.partition("-")
    exported = (made / f"krita-{name}" if program == "krita" else made / file).with_suffix(".png")
    assert off_by(document, exported) <= levels


@pytest.mark.parametrize(
    "file",
    [
        "krita-figures.ora",
        "krita-figures.kra",
        "mypaint-figures.ora",
        "gimp-figures.psd",
        "inkscape-figures.svg",
    ],
)
def test_one_drawing_from_five_programs(made, file):
    """Boxes whose colours are known by hand; see the README beside the files."""
    document = opened(made / file, longest=128)
    pixels = white(document.draw(document.layers))
    assert pixels.shape == (64, 128, 3)
    assert pixels[18, 20] == pytest.approx([255, 0, 0], abs=1)  # the cat's colour
    assert pixels[11, 11] == pytest.approx([0, 0, 0], abs=1)  # its line
    assert pixels[30, 20] == pytest.approx([127, 0, 0], abs=2)  # red times half of blue
    assert pixels[30, 90] == pytest.approx([0, 128, 255], abs=1)  # the dog's colour
    assert pixels[2, 2] == pytest.approx(
        [255, 248, 224], abs=1
    )  # paper; the sketch on it is hidden
    hidden = [layer.name for layer in leaves(document.layers) if not layer.visible]
    assert hidden == ["sketch"]


def names(layers: tuple[Layer, ...]) -> list[object]:
    return [
        (layer.name, names(layer.children)) if layer.children else layer.name for layer in layers
    ]


def test_photoshop_clipping_pass_through_and_unicode_names(made):
    document = opened(made / "agpsd-characters.psd")
    assert names(document.layers) == [
        "背景",
        ("猫", [("上色", ["", ""]), "线稿"]),  # the shade is clipped to its base, one layer to us
        ("犬", ["塗り", "線画", "ラフ"]),
    ]
    assert document.layers[1].through
    pixels = white(document.draw(document.layers))
    assert pixels[28, 35] == pytest.approx([0, 0, 0], abs=1)  # yellow (no blue) times blue
    assert pixels[28, 48] == pytest.approx([255, 255, 255])  # the shade beside its base
    assert pixels[28, 80] == pytest.approx([127, 207, 167], abs=1)  # green at half over white
    assert pixels[2, 110] == pytest.approx([255, 255, 255])  # the rough is hidden
    assert (document.artist, document.license) == ("Ada Lovelace", "CC-BY-4.0")


def test_photoshop_masks_hide_and_adjustments_are_refused_only_where_visible(made):
    pixels = white(opened(made / "agpsd-frames.psd").draw(opened(made / "agpsd-frames.psd").layers))
    assert pixels[15, 36] == pytest.approx([40, 80, 200])  # within the mask of "2 c"
    assert pixels[28, 36] == pytest.approx([255, 255, 255])  # below it
    adjusted = opened(made / "agpsd-adjusted.psd")
    with pytest.raises(
        InputError, match=r"'turn round' is of the kind invert, which only Photoshop"
    ):
        adjusted.draw(adjusted.layers)


def test_svg_tells_artist_and_licence(made):
    document = opened(made / "inkscape-figures.svg")
    assert (document.artist, document.license) == ("Grace Hopper", "CC-BY-SA-4.0")
