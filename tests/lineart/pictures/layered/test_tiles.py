import numpy as np
import pytest

from lineart.errors import InputError
from lineart.pictures.layered.tiles import SPACES, find_tiles, read_tiles, unpack_lzf


def test_lzf_literals_copies_and_long_runs():
    assert unpack_lzf(b"\x02abc", 3) == b"abc"
    # "a", then 2 + 1 bytes from one back
    assert unpack_lzf(bytes([0, 97, 0b00100000, 0]), 4) == b"aaaa"
    # "abc", then 2 + 7 + 91 bytes from three back
    assert unpack_lzf(bytes([2, 97, 98, 99, 0b11100000, 91, 2]), 103) == (b"abc" * 35)[:103]
    # from 300 back: the upper five bits of 299 are 1, the lower eight 43
    data = b"".join(bytes([31]) + bytes([n]) * 32 for n in range(10)) + bytes([0b00100001, 43])
    assert unpack_lzf(data, 323)[-3:] == bytes([0, 0, 0])


@pytest.mark.parametrize(
    "data", [b"\x20", b"\x20\x00", b"\xe0", b"\x00a\x20\x05", b"\x00a\xe0\xff"]
)
def test_lzf_that_points_nowhere(data):
    with pytest.raises(InputError, match="damaged LZF"):
        unpack_lzf(data, 64)


def test_lzf_bombs_stop():
    with pytest.raises(InputError, match="more than the 100 bytes"):
        unpack_lzf(b"\x00a" + b"\xe0\xff\x00" * 10_000, 100)


def layer(*tiles: tuple[int, int, bytes], pixel: int = 4) -> bytes:
    head = f"VERSION 2\nTILEWIDTH 2\nTILEHEIGHT 2\nPIXELSIZE {pixel}\nDATA {len(tiles)}\n".encode()
    return head + b"".join(f"{x},{y},LZF,{len(data)}\n".encode() + data for x, y, data in tiles)


def test_tiles_are_put_in_their_place_and_channels_in_order():
    plain = b"\0" + bytes([1, 2, 3, 4]) * 4  # blue, green, red, alpha a pixel
    planes = b"\1" + b"\x0f" + bytes([5] * 4 + [6] * 4 + [7] * 4 + [8] * 4)  # sixteen literals
    data = layer((0, 0, plain), (2, -2, planes))
    assert find_tiles(data, "x").box == (0, -2, 4, 2)
    pixels = read_tiles(data, SPACES["RGBA"], (0, -1, 4, 2), bytes([9, 9, 9, 255]), "x")
    assert pixels.shape == (3, 4, 4)
    assert pixels[1, 1].tolist() == [3, 2, 1, 4]
    assert pixels[0, 3].tolist() == [7, 6, 5, 8]
    assert pixels[1, 3].tolist() == [9, 9, 9, 255]  # no tile there


def test_sixteen_bits_and_grey():
    deep = b"\0" + np.array([0x0102, 0x0304, 0x0506, 0xFF08], "<u2").tobytes() * 4
    data = layer((0, 0, deep), pixel=8)
    assert read_tiles(data, SPACES["RGBA16"], (0, 0, 1, 1), b"", "x").tolist() == [[[5, 3, 1, 255]]]
    data = layer((0, 0, b"\0" + bytes([7, 255]) * 4), pixel=2)
    assert read_tiles(data, SPACES["GRAYA"], (0, 0, 1, 1), b"", "x").tolist() == [[[7, 7, 7, 255]]]


def test_a_layer_without_tiles_is_empty():
    assert find_tiles(layer(), "x").box == (0, 0, 0, 0)
