import io

import cv2
import numpy as np
import pytest
from PIL import Image

from dataset_tools.checks import CHECKS, CheckSettings, View
from dataset_tools.sources.files import facts_of

SETTINGS = CheckSettings()


def facts(role, format="PNG", mode="L", **options):
    data = io.BytesIO()
    Image.new(mode, (8, 8)).save(data, format, **options)
    return facts_of(data.getvalue(), "a", role, f"a.{format.lower()}")


def through_jpeg(line, quality):
    done, data = cv2.imencode(
        ".jpg", np.round(255 * (1 - line)).astype(np.uint8), (cv2.IMWRITE_JPEG_QUALITY, quality)
    )
    assert done
    return 1 - cv2.imdecode(data, cv2.IMREAD_GRAYSCALE).astype(np.float32) / 255


def diagonal(width=5, black=1.0):
    """A smooth diagonal stroke on a page of 128 pixels: (render, line)."""
    drawn = np.zeros((512, 512), np.uint8)
    cv2.line(drawn, (80, 60), (430, 450), 255, 4 * width)
    ink = cv2.resize(drawn, (128, 128), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return np.repeat(1 - ink[..., None], 3, axis=2), ink * np.float32(black)


def test_sizes(box):
    render, line = box()
    found = CHECKS["sizes"](View(render, line[:, :90]), SETTINGS)
    assert found.reason == "the render is 96 x 96 pixels, the line art 90 x 96, of another aspect"
    assert "uncropped" in found.fix
    found = CHECKS["sizes"](View(render, line[::2, ::2]), SETTINGS)
    assert found.reason == "the render is 96 x 96 pixels, the line art 48 x 48"
    assert found.fix == "resize the line art to 96 x 96"
    found = CHECKS["sizes"](View(render[:8], line[:8]), SETTINGS)
    assert found.reason == "96 x 8 pixels; at least 16 a side are wanted"


@pytest.mark.parametrize("quality", [30, 50, 70])
def test_a_jpeg_saved_as_png_is_seen(quality):
    render, line = diagonal()
    found = CHECKS["lossy"](View(render, through_jpeg(line, quality)), SETTINGS)
    assert found.level == "doubt"
    assert found.reason.endswith("of black, as a JPEG leaves it")


def test_rough_paper_is_no_jpeg():
    render, line = diagonal()
    grain = np.random.default_rng(0).uniform(0, 0.1, line.shape).astype(np.float32)
    assert CHECKS["lossy"](View(render, np.maximum(line, grain)), SETTINGS).level == "accept"


def test_a_jpeg_without_traces_is_a_note():
    render, line = diagonal()
    found = CHECKS["lossy"](View(render, line, None, facts("line", "JPEG")), SETTINGS)
    assert (found.level, found.score) == ("accept", 1.0)
    assert found.reason == "the line art came as JPEG; no traces of it are seen"
    assert CHECKS["lossy"](View(render, line, None, facts("line")), SETTINGS).reason == ""


def test_grey_ink_is_all_grey():
    render, line = diagonal(black=0.6)
    found = CHECKS["grey_coded"](View(render, line), SETTINGS)
    assert found.reason == "100% of the ink is grey instead of black"
    assert found.level == "doubt"  # pencil is grey, too
    assert (found.where == (line > 0.2)).all()


def test_one_coloured_stroke_is_marked(box):
    render, line = box()
    line[24:28, 20:60] = 0.7  # the middle of the upper side
    found = CHECKS["grey_coded"](View(render, line), SETTINGS)
    # A pixel beside black is taken for a rim: 38 of 40 columns, all four rows.
    assert found.where.sum() == 4 * 38
    assert found.reason == f"{152 / 704:.0%} of the ink is grey instead of black"


@pytest.mark.parametrize("width", [1, 2, 5, 9])
def test_smooth_rims_are_not_grey(width):
    assert CHECKS["grey_coded"](View(*diagonal(width)), SETTINGS).level == "accept"


def test_a_blurred_line_art_is_grey():
    render, line = diagonal()
    soft = cv2.GaussianBlur(line, (0, 0), 1.2)
    assert CHECKS["grey_coded"](View(render, soft), SETTINGS).level == "doubt"


def test_transparency_is_told(box):
    view = View(*box(), facts("render", mode="RGBA"), facts("line"))
    found = CHECKS["alpha"](view, SETTINGS)
    assert found.level == "accept"
    assert found.reason == "the render was transparent and laid on white paper"
    both = View(*box(), facts("render", mode="RGBA"), facts("line", mode="LA"))
    assert CHECKS["alpha"](both, SETTINGS).reason.startswith("the render and the line art were")


def test_what_was_converted_is_told(box):
    exif = Image.Exif()
    exif[0x0112] = 6
    view = View(*box(), facts("render", "JPEG", "CMYK"), facts("line", "JPEG", exif=exif))
    found = CHECKS["profile"](view, SETTINGS)
    assert found.level == "accept"
    assert found.reason == (
        "the render came in inks of print (CMYK); the line art was turned as its orientation says"
    )


def test_an_animation_is_a_doubt(box):
    frames = [Image.new("L", (8, 8), 255)]
    file = facts("line", "TIFF", save_all=True, append_images=frames)
    found = CHECKS["profile"](View(*box(), None, file), SETTINGS)
    assert found.level == "doubt"
    assert found.reason == "the line art came with 2 frames, of which the first was taken"
