"""What is taken of a visitor, and what is refused by its name."""

from pathlib import Path

import numpy as np
import pytest

from lineart.errors import InputError
from lineart.pictures.images import encode_png
from lineart.web.uploads import Limits, taken

SHEET = encode_png(np.full((40, 60, 3), (255, 160, 0), np.uint8))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("letter.png", b"Dear picture,", "letter.png cannot be read as a picture"),
        ("empty.png", b"", "empty.png cannot be read as a picture"),
        ("cut.png", SHEET[:60], "cut.png cannot be read as a picture"),
        ("clip.mp4", b"....ftypisom", "clip.mp4 is a video; this page takes pictures"),
    ],
)
def test_what_is_no_picture_is_refused_by_its_name(
    tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=said):
        taken(tmp_path / name, Limits())


def test_the_limits_of_an_upload(tmp_path: Path) -> None:
    upload = tmp_path / "sheet.png"
    upload.write_bytes(SHEET)
    size = len(SHEET)
    assert taken(upload, Limits(size / 2**20, 60 * 40 / 1e6)).pixels.shape == (40, 60, 3)
    with pytest.raises(InputError, match=r"60 x 40 pixels; this page takes at most 0\.0023 mega"):
        taken(upload, Limits(megapixels=0.0023))
    with pytest.raises(InputError, match=r"this page takes at most 0\.0001 MB"):
        taken(upload, Limits(megabytes=0.0001))
    for wrong in ({"megabytes": 0}, {"megabytes": 1025}, {"megapixels": 0}, {"megapixels": 81}):
        with pytest.raises(InputError, match="must be above 0"):
            Limits(**wrong)


def test_an_upload_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.png is no longer kept here; drop it again"):
        taken(tmp_path / "gone.png", Limits())
