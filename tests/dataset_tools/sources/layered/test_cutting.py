import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from dataset_tools.sources.layered.cutting import box_of, cut_out, ink_of, on_white
from dataset_tools.sources.layered.figures import find_figures
from dataset_tools.sources.layered.formats import read_layers
from dataset_tools.sources.layered.settings import LayeredSettings
from lineart.errors import InputError


def pixels(*colours: tuple[int, int, int, int]) -> np.ndarray:
    return np.array([colours], np.uint8)


def test_ink_is_alpha_whatever_its_colour_but_white():
    nothing = (0, 0, 0, 0)
    row = pixels(
        (0, 0, 0, 255), (255, 0, 0, 255), (0, 0, 0, 51), (255, 255, 255, 255), nothing, nothing
    )
    row = np.repeat(row, 2, axis=0)
    row[1] = 0
    assert ink_of(row)[0] == pytest.approx([1, 1, 0.2, 0, 0, 0])


def test_a_scan_with_its_paper_is_read_by_darkness():
    scan = pixels((0, 0, 0, 255), (51, 51, 51, 255), (255, 255, 255, 255), (255, 0, 0, 255))
    assert ink_of(scan)[0] == pytest.approx([1, 0.8, 0, 1])


def test_no_ink_at_all():
    assert not ink_of(np.zeros((3, 3, 4), np.uint8)).any()


def test_a_box_has_a_margin_within_the_canvas():
    content = np.zeros((40, 60), bool)
    content[10:20, 30:50] = True
    assert box_of(content, 0.1) == (slice(8, 22), slice(28, 52))
    assert box_of(content, 0) == (slice(10, 20), slice(30, 50))
    assert box_of(content, 1) == (slice(0, 40), slice(10, 60))


def test_a_colour_profile_is_converted():
    half = pixels((128, 128, 128, 255))
    assert on_white(half)[0, 0] == pytest.approx([128 / 255] * 3)
    assert on_white(pixels((0, 0, 0, 0)))[0, 0] == pytest.approx([1, 1, 1])
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert on_white(half, srgb)[0, 0] == pytest.approx([128 / 255] * 3, abs=1 / 255)
    assert on_white(half, b"no profile")[0, 0] == pytest.approx([128 / 255] * 3)


def cut(stack: str, files: dict[str, bytes], ora, margin: float = 0.0):
    document = read_layers(ora(stack, files), "x.ora")
    (figure,) = find_figures(document, LayeredSettings())
    return cut_out(document, figure, margin)


PAPER = '<layer name="paper" src="paper.png"/>'
COLOUR = '<layer name="colour" src="colour.png" x="8" y="8"/>'
LINE = '<layer name="line" src="line.png" x="6" y="6"/>'


@pytest.fixture
def files(box) -> dict[str, bytes]:
    return {
        "paper.png": box((32, 32), (250, 240, 200, 255)),
        "colour.png": box((8, 6), (0, 200, 0, 255)),
        "line.png": box((12, 10), hollow=2),
    }


def test_a_drawing_is_cut_to_its_content_and_flat_paper_stays(ora, files):
    made = cut(LINE + COLOUR + PAPER, files, ora)
    assert made.line.shape == (10, 12)
    assert made.line.sum() == 12 * 10 - 8 * 6
    assert made.render[5, 6] == pytest.approx([0, 200 / 255, 0])
    assert made.render[0, 0] == pytest.approx([0, 0, 0])
    wide = cut(LINE + COLOUR + PAPER, files, ora, margin=0.25)
    assert wide.line.shape == (16, 18)
    assert wide.render[0, 0] == pytest.approx([250 / 255, 240 / 255, 200 / 255], abs=1e-6)


def test_scenery_keeps_the_whole_canvas(ora, files, box):
    files["paper.png"] = box((32, 32), (250, 240, 200, 255), hollow=3)
    assert cut(LINE + COLOUR + PAPER, files, ora).line.shape == (32, 32)


def test_without_ink_or_colour_to_see(ora, files, box):
    with pytest.raises(InputError, match=r"x\.ora: its ink layers are empty \('line'\)"):
        cut(LINE + COLOUR, {**files, "line.png": box((4, 4), (0, 0, 0, 0))}, ora)
    with pytest.raises(InputError, match="shows nothing but ink and paper: 'line', 'paper'"):
        cut(LINE + PAPER, files, ora)


def test_png_layers_of_other_kinds(ora, files):
    file = io.BytesIO()
    Image.fromarray(np.full((6, 8), 0x80FF, np.uint16)).save(file, "PNG")
    made = cut(LINE + COLOUR, {**files, "colour.png": file.getvalue()}, ora)
    assert made.render[5, 6] == pytest.approx([128 / 255] * 3)
