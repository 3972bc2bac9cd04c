"""Shards: equal content is equal bytes, and every child is found again."""

import os
import tarfile

import numpy as np
import pytest

from lineart.errors import InputError
from lineart.sets.shards import Child, Shards, encode_child, write_shard


def child(key: str, split: str = "train") -> Child:
    return Child(
        key, key[:-2], int(key[-1]), split, "g", "train-000000.tar", 4, 3, "0", '[{"op":"x"}]'
    )


def test_bytes_do_not_depend_on_order(tmp_path):
    picture = np.zeros((3, 4, 3), np.float32), np.ones((3, 4), np.float32)
    render_png, line_png, _ = encode_child(*picture)
    items = [(child(key), render_png, line_png) for key in ("b-0", "a-1", "a-0")]
    write_shard(tmp_path / "one.tar", items)
    write_shard(tmp_path / "two.tar", reversed(items))
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()
    with tarfile.open(tmp_path / "one.tar") as tar:
        members = tar.getmembers()
    assert [member.name for member in members][:3] == ["a-0.json", "a-0.line.png", "a-0.render.png"]
    assert {member.mtime for member in members} == {0}


def test_children_are_found_again(tiny_set):
    shards = Shards(tiny_set, "train")
    assert len(shards) == 24
    render, ink = shards[3]
    assert (render.shape, ink.shape) == ((64, 64, 3), (64, 64))
    assert 0.01 < (ink > 127).mean() < 0.6  # ink is the high value
    assert render[ink == 255].max() < 80  # and dark in the render


def test_an_empty_split_is_named(tiny_set, tmp_path):
    with pytest.raises(InputError, match="The split 'holiday'"):
        Shards(tiny_set, "holiday")
    with pytest.raises(InputError, match="There is no table"):
        Shards(tmp_path, "train")


def test_reading_leaves_no_file_open(tiny_set):
    """A thousand shards would otherwise be more than a system opens at a time."""
    shards, before = Shards(tiny_set, "train"), len(os.listdir("/dev/fd"))
    shards[0]
    assert len(os.listdir("/dev/fd")) == before
