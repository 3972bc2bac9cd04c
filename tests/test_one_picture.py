"""One picture, read by the network that ships, by every way in: all of them give the same line art."""

import base64
from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd
import pytest

from lineart import Extractor
from lineart.catalogue.store import SHIPPED
from lineart.cli import main
from lineart.extract.style import Style
from lineart.pictures.images import Bytes, decode_png, to_bytes
from lineart.web.desk import Desk
from pipelines.tracking.servable import LINE, PICTURE
from pipelines.tracking.serving import Served

FILE = SHIPPED.parent / "web/examples/cat.jpg"


def commanded(out: Path, *options: str) -> Bytes:
    assert main(["extract", str(FILE), "-o", str(out), *options]) == 0
    pixels = decode_png(out.read_bytes(), grey=True)
    assert pixels.min() < 30  # there is ink,
    assert np.median(pixels) > 250  # and most of it is paper
    return pixels


@pytest.fixture(scope="module")
def line_art(tmp_path_factory: pytest.TempPathFactory) -> Bytes:
    """What the command line makes of it; black ink on white paper."""
    return commanded(tmp_path_factory.mktemp("out") / "cat.png")


@pytest.fixture(scope="module")
def exact(tmp_path_factory: pytest.TempPathFactory) -> Bytes:
    """The same in float32, which is the same whatever the processor and the library."""
    return commanded(tmp_path_factory.mktemp("out") / "cat.png", "--precision", "float32")


def same(ink: np.ndarray, line_art: Bytes, levels: int = 0) -> bool:
    return bool(np.abs(255 - to_bytes(ink).astype(int) - line_art).max() <= levels)


def test_python(line_art: Bytes) -> None:
    assert same(Extractor()(FILE), line_art)
    assert same(Extractor()(str(FILE)), line_art)


def test_the_quickest_way_is_near(line_art: Bytes, exact: Bytes) -> None:
    apart = np.abs(line_art.astype(int) - exact)
    assert apart.max() <= 8  # of 255, where bfloat16 reads
    assert apart.mean() < 0.1


def test_torch(exact: Bytes) -> None:
    assert same(Extractor(backend="torch")(FILE), exact, levels=1)  # 1e-4 may fall on a rounding


def test_the_onnx_file_in_other_hands(exact: Bytes) -> None:
    """Nothing of ours but the file: RGB in [0, 1] in, ink out."""
    import cv2

    picture = cv2.cvtColor(cv2.imread(str(FILE)), cv2.COLOR_BGR2RGB)
    planes = picture.transpose(2, 0, 1)[None].astype(np.float32) / 255
    session = onnxruntime.InferenceSession(SHIPPED / "clearnet/model.onnx")
    (ink,) = session.run(["ink"], {"picture": planes})
    assert same(ink[0, 0], exact, levels=2)  # OpenCV decodes JPEG a shade differently


def test_the_page(line_art: Bytes, tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    desk = Desk(tmp_path / "desk")
    made = desk.style(desk.read(FILE, "clearnet"), "png", Style())
    assert np.array_equal(decode_png(made.file.read_bytes(), grey=True), line_art)


def test_serving(line_art: Bytes) -> None:
    sent = base64.b64encode(FILE.read_bytes()).decode()
    answer = Served("clearnet").predict(pd.DataFrame({PICTURE: [sent]}))
    png = base64.b64decode(answer[LINE][0])
    assert np.array_equal(decode_png(png, grey=True), line_art)
