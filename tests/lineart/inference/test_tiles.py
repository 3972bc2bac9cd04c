"""What is read in tiles is what is read in one piece; toys whose reach and whose needs are known."""

import tracemalloc

import cv2
import numpy as np
import pytest

from lineart.errors import InputError
from lineart.inference import tiles
from lineart.inference.backend import GRID, Core, Means, Planes
from lineart.inference.tiles import plan, planes_of, read_in_tiles, reduction, shortest, spans

REACH = 30  # pixels of the toy, below the overlap of 32


class Blurred:
    """Ink is how much darker a pixel is than its surroundings: a toy that looks REACH pixels far.

    Like CLEAR-Net it continues what it reads to multiples of 32 and takes what lies beyond for zero; with
    ``needy`` it also subtracts the mean of the whole picture, which a tile by itself cannot know.
    """

    def __init__(self, needy: bool = False, whole: bool = False):
        self.needy, self.whole, self.tile = needy, whole, 160
        self.read: list[tuple[tuple[int, ...], bool]] = []  # shape, whether means were given

    def means(self, planes: Planes, core: Core) -> Means | None:
        if not self.needy:
            return None
        assert all(edge % GRID == 0 for part in core for edge in (part.start, part.stop))
        assert planes.shape[2] % GRID == planes.shape[3] % GRID == 0
        return planes[(..., *core)].mean(axis=(2, 3))

    def ink(self, planes: Planes, means: Means | None = None) -> np.ndarray:
        height, width = planes.shape[2:]
        self.read.append(((height, width), means is not None))
        planes = np.pad(
            planes, ((0, 0), (0, 0), (0, -height % GRID), (0, -width % GRID)), mode="edge"
        )
        if self.needy and means is None:
            means = self.means(planes, (slice(0, planes.shape[2]), slice(0, planes.shape[3])))
        grey = planes[0].mean(axis=0)
        size = 2 * REACH + 1
        around = cv2.boxFilter(grey, -1, (size, size), borderType=cv2.BORDER_CONSTANT)
        ink = around - grey - (0 if means is None else means.mean(dtype=np.float32))
        return ink[:height, :width]


def picture(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize("length", [1, 31, 32, 33, 160, 161, 192, 500, 1000, 1023, 8000])
@pytest.mark.parametrize(("tile", "overlap"), [(160, 32), (96, 32), (832, 160), (64, 0)])
def test_cores_cover_an_axis_once_and_tiles_see_around_them(length, tile, overlap):
    found = spans(length, tile, overlap)
    end = -(-length // GRID) * GRID
    assert [span.first for span in found] == [0, *(span.last for span in found[:-1])]
    assert found[-1].last == end
    for span in found:
        assert span.stop - span.start == min(tile, end)  # one shape
        assert 0 <= span.start <= max(span.first - overlap, 0)
        assert min(span.last + overlap, end) <= span.stop <= end
        assert span.first < span.last
        assert not any(
            edge % GRID for edge in (span.start, span.stop, span.first, span.last)
        )  # or the pooling windows of tile and picture would differ


@pytest.mark.parametrize("length", [10, 832, 833, 1000, 1500, 8000])
def test_tiles_are_no_longer_than_their_number_asks_for(length):
    side = shortest(length, 832, 160)
    count = len(spans(length, 832, 160))
    assert side <= 832
    assert len(spans(length, side, 160)) == count
    assert side == GRID or len(spans(length, side - GRID, 160)) > count or count == 1


def test_a_picture_is_cut_both_ways():
    found = plan(200, 100, (96, 96), 32)
    covered = np.zeros((224, 128), int)
    for part in found:
        covered[part.rows.first : part.rows.last, part.columns.first : part.columns.last] += 1
    assert (covered == 1).all()
    assert found[0].core == (slice(0, 64), slice(0, 64))
    assert found[1].core[1] == slice(32, 96)  # what is kept lies behind the overlap


@pytest.mark.parametrize("tile", [0, 100, 320, -32])
def test_a_tile_without_room_is_refused(tile):
    with pytest.raises(InputError, match="multiple of 32 of at least 352 pixels"):
        read_in_tiles(Blurred(), picture(10, 10), tile)


@pytest.mark.parametrize("needy", [False, True])
@pytest.mark.parametrize("size", [(300, 200), (161, 500), (20, 1700), (161, 159), (1, 1)])
@pytest.mark.parametrize("as_floats", [False, True])
def test_tiles_give_the_picture_that_one_piece_gives(needy, size, as_floats):
    pixels = picture(*size)
    given = pixels / 255 if as_floats else pixels  # float64, which nothing may mind
    whole = Blurred(needy).ink(planes_of(pixels))
    toy = Blurred(needy)
    found = read_in_tiles(toy, given, tile=160, overlap=32, means_overlap=0)
    assert found.shape == size
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, whole, atol=2e-6)
    if size in ((300, 200), (161, 500), (20, 1700)):
        assert len(toy.read) > 1
        assert all(given == needy for _, given in toy.read)
        assert len({shape for shape, _ in toy.read}) == 1  # memory of one shape is used again
    else:
        assert toy.read == [(size, False)]  # as it is, and with its own means


def test_tiles_with_means_of_their_own_would_differ():
    """What the means are asked for first for: left out, the toy is wrong."""
    pixels = np.concatenate([picture(64, 300), picture(64, 300) // 4], axis=1)
    whole = Blurred(needy=True).ink(planes_of(pixels))
    toy = Blurred(needy=True)
    alone = [toy.ink(planes_of(pixels[:, at : at + 300])) for at in (0, 300)]
    assert np.abs(np.concatenate(alone, axis=1) - whole)[:, 100:200].max() > 0.1
    np.testing.assert_allclose(read_in_tiles(toy, pixels, 160, 32), whole, atol=2e-6)


def test_a_network_that_must_see_everything_does():
    toy = Blurred(whole=True)
    read_in_tiles(toy, picture(400, 500), tile=160, overlap=32)
    assert toy.read == [((400, 500), False)]


def test_a_backend_says_its_own_tile():
    toy = Blurred()
    read_in_tiles(toy, picture(300, 300), overlap=32)
    assert toy.read == [((160, 160), False)] * 9


@pytest.mark.parametrize("needy", [False, True])
def test_progress_counts_every_tile_once(needy):
    told = []
    read_in_tiles(
        Blurred(needy), picture(300, 300), 160, 32, 32, progress=lambda *both: told.append(both)
    )
    assert told == [(done, 9) for done in range(1, 10)]


@pytest.fixture
def page(monkeypatch):
    """A page whose left half is night and whose right one is paper, and of which only a ninth is seen."""
    monkeypatch.setattr(tiles, "SEEN", 24_000)
    return np.concatenate([picture(384, 288) // 8, 255 - picture(384, 288) // 8], axis=1)


def test_a_large_page_has_the_means_of_a_small_one_however_it_is_cut(page):
    """Read in tiles of any size, or in one piece: the same ink, and each pixel is read for it once."""
    assert reduction(*page.shape[:2]) == 4
    small = cv2.resize(page, (144, 96), interpolation=cv2.INTER_AREA)
    padded = np.pad(planes_of(small), ((0, 0), (0, 0), (0, 0), (0, 16)), mode="edge")
    means = padded.mean(axis=(2, 3))
    whole = Blurred(needy=True).ink(planes_of(page), means)
    for tile in (96, 160, 352, 640):
        toy = Blurred(needy=True)
        found = read_in_tiles(toy, page, tile, 32, 32)
        np.testing.assert_allclose(found, whole, atol=2e-6)
        assert all(given for _, given in toy.read)
        assert len(toy.read) == len(tiles.layout(*page.shape[:2], tile, 32))


def test_what_is_seen_of_a_page_is_asked_for_once(page):
    asked = []

    class Counted(Blurred):
        def means(self, planes, core):
            asked.append(planes.shape[2:])
            return super().means(planes, core)

    read_in_tiles(Counted(needy=True), page, 160, 32)
    assert asked == [(96, 160)]  # a sixteenth of the page, continued to multiples of 32


def test_what_progress_raises_ends_the_reading():
    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_in_tiles(Blurred(), picture(300, 300), 160, 32, progress=stop)


@pytest.mark.parametrize("size", [(100, 100), (300, 300)])
def test_the_answer_may_be_smaller(size):
    class Half(Blurred):
        def ink(self, planes, means=None):
            return np.full(planes.shape[2:], 0.5, np.float32)

    found = {
        dtype: read_in_tiles(Half(), picture(*size), 160, 32, dtype=dtype)
        for dtype in (np.float32, np.float16, np.uint8)
    }
    assert all(ink.dtype == dtype and ink.shape == size for dtype, ink in found.items())
    assert found[np.uint8][0, 0] == 128  # 127.5, rounded to even
    assert found[np.float16][0, 0] == found[np.float32][0, 0] == 0.5


def test_a_large_picture_is_never_floats_as_a_whole():
    """Three megabytes of result and one tile at a time, beside a picture that would take 36 as floats."""
    pixels = picture(1500, 2000)

    class Nothing(Blurred):
        def ink(self, planes, means=None):
            return np.zeros(planes.shape[2:], np.float32)

    tracemalloc.start()
    read_in_tiles(Nothing(), pixels, 256, 32, dtype=np.uint8)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3e6 + 4e6
