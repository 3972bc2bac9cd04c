"""MATLAB files as SciPy writes them, and what is made of damaged ones."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat
from scipy.sparse import csc_matrix

from lineart.errors import InputError
from lineart.metrics.matlab import read_boundaries

PAGES = [(np.random.default_rng(seed).random((9, 14)) > 0.8).astype(np.uint8) for seed in range(3)]


def written(compressed: bool = False, **content: object) -> bytes:
    file = io.BytesIO()
    savemat(file, content, do_compression=compressed)
    return file.getvalue()


def cells(*pages: object) -> np.ndarray:
    """A cell for each person, as in BSDS500."""
    found = np.empty((1, len(pages)), object)
    for number, page in enumerate(pages):
        found[0, number] = {"Segmentation": np.ones((2, 2), np.uint16), "Boundaries": page}
    return found


def read(tmp_path: Path, data: bytes) -> list[np.ndarray]:
    (tmp_path / "a.mat").write_bytes(data)
    return read_boundaries(tmp_path / "a.mat")


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("kind", [np.uint8, bool, np.int16, np.float32, np.float64, np.uint64])
def test_boundaries(tmp_path: Path, kind: type, compressed: bool) -> None:
    for count in (1, 3):
        pages = PAGES[:count]
        others = {"first": "words", "others": [1, 2], "x": 3}
        data = written(compressed, **others, groundTruth=cells(*(p.astype(kind) for p in pages)))
        found = read(tmp_path, data)
        assert np.array_equal(found, pages)
        assert {page.dtype for page in found} == {np.dtype(np.float32)}


def test_a_single_structure_and_a_tiny_page(tmp_path: Path) -> None:
    # Up to four bytes lie in the head of their element.
    page = np.array([[1, 0, 2]], np.uint8)
    assert np.array_equal(read(tmp_path, written(groundTruth={"Boundaries": page})), [[[1, 0, 1]]])


def test_the_other_order_of_bytes(tmp_path: Path) -> None:
    def element(kind: int, content: bytes) -> bytes:
        return struct.pack(">II", kind, len(content)) + content + bytes(-len(content) % 8)

    def matrix(kind: int, rows: int, columns: int, name: bytes, *rest: bytes) -> bytes:
        head = [element(6, struct.pack(">II", kind, 0))]
        head += [element(5, struct.pack(">ii", rows, columns)), element(1, name)]
        return element(14, b"".join([*head, *rest]))

    page = matrix(12, 2, 3, b"", element(4, struct.pack(">6H", 1, 0, 0, 256, 0, 1)))
    names = struct.pack(">HHi", 4, 5, 11) + element(1, b"Boundaries\0")
    person = matrix(2, 1, 1, b"", names, page)
    data = b"MATLAB 5.0".ljust(124) + b"\x01\x00MI" + matrix(1, 1, 1, b"groundTruth", person)
    assert np.array_equal(read(tmp_path, data), [[[1, 0, 0], [0, 1, 1]]])


BSDS = written(groundTruth=cells(*PAGES))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"no matlab file at all", "cannot be read as a MATLAB file; copy it again"),
        (BSDS[:200], "cannot be read"),
        (written(compressed=True, groundTruth=cells(*PAGES))[:-40], "cannot be read"),
        (written(lines=PAGES[0]), "holds no boundaries; wanted is a cell array 'groundTruth'"),
        (written(groundTruth=PAGES[0]), "holds no boundaries"),
        (written(groundTruth={"Segmentation": PAGES[0]}), "holds no boundaries"),
        (written(groundTruth=np.empty((1, 0), object)), "holds no boundaries"),
        (written(groundTruth=cells("words")), "holds no boundaries"),
        (written(groundTruth=cells(np.zeros((2, 3, 4)))), "holds no boundaries"),
        (written(groundTruth=cells(np.zeros((0, 4)))), "holds no boundaries"),
        (written(groundTruth=cells(csc_matrix(np.eye(4)))), "holds no boundaries"),
        (b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + bytes(400), "version 7.3; save it in"),
    ],
)
def test_other_files_are_refused_in_a_sentence(tmp_path: Path, data: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read(tmp_path, data)


def test_every_damage_is_a_picture_or_a_sentence(tmp_path: Path) -> None:
    """Each length and kind in turn, made huge, negative and nothing."""
    outcomes = set()
    small = written(groundTruth=cells(*(page[:3, :4] for page in PAGES)))
    for at in range(128, len(small) - 4, 4):
        for four in (b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", bytes(4), b"\x0e\0\0\0"):
            try:
                outcomes.add(len(read(tmp_path, small[:at] + four + small[at + 4 :])))
            except InputError as error:
                outcomes.add(str(error).partition(";")[0].rpartition("a.mat ")[2])
    assert {3, "cannot be read as a MATLAB file", "holds no boundaries"} == outcomes
