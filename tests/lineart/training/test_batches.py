"""The stream of crops is a function of (seed, step) and of nothing else."""

import numpy as np
import pytest
import torch

from lineart.sets.shards import Shards
from lineart.training.batches import Crops, Steps, batches, crop_pair


def test_render_and_line_are_cut_alike():
    ramp = np.arange(64, dtype=np.uint8).reshape(8, 8)
    render, line, _ = crop_pair(np.repeat(ramp[..., None], 3, 2), ramp, 5, np.random.default_rng(0))
    assert line.shape == (5, 5)
    assert np.array_equal(render[..., 0], line)


def test_small_pictures_are_widened_with_paper():
    render, line, _ = crop_pair(
        np.zeros((2, 3, 3), np.uint8), np.full((2, 3), 255, np.uint8), 4, np.random.default_rng(0)
    )
    assert render.sum() == 255 * 3 * (16 - 6)
    assert line.sum() == 255 * 6


def test_pictures_are_shrunk_down_to_the_smallest():
    ramp = np.repeat(np.arange(128, dtype=np.uint8)[None], 128, axis=0)
    spans = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        render, line, _ = crop_pair(
            np.repeat(ramp[..., None], 3, 2), ramp, 16, rng, "uniform", 0.25
        )
        assert line.shape == (16, 16)
        assert np.array_equal(render[..., 2], line)
        spans.append(
            float(line.max()) - float(line.min())
        )  # 15 columns apart, of the whole picture
    assert min(spans) >= 15
    assert 15 * 3.5 < max(spans) <= 15 * 4 + 1
    assert np.median(spans) == pytest.approx(15 * 2, rel=0.1)  # the middle factor is a half


def test_a_picture_is_not_shrunk_below_the_crop():
    ramp = np.arange(400, dtype=np.uint8).reshape(20, 20)
    for seed in range(20):
        rng = np.random.default_rng(seed)
        assert (
            crop_pair(np.repeat(ramp[..., None], 3, 2), ramp, 20, rng, "uniform", 0.1)[1].size
            == 400
        )


def test_nothing_is_asked_along_the_sides_that_cut():
    blank = np.zeros((8, 6), np.uint8)
    shown = set()
    for seed in range(60):
        rng = np.random.default_rng(seed)
        asked = crop_pair(np.repeat(blank[..., None], 3, 2), blank, 6, rng, margin=2)[2]
        assert asked.all(axis=1).tolist() == asked.any(axis=1).tolist()  # as wide as the picture
        shown.add("".join("x" if row.all() else "." for row in asked))
    assert shown == {"xxxx..", "..xx..", "..xxxx"}  # at the top, between, at the bottom


def test_without_a_margin_all_is_asked():
    blank = np.zeros((8, 8), np.uint8)
    rng = np.random.default_rng(0)
    assert crop_pair(np.repeat(blank[..., None], 3, 2), blank, 5, rng)[2].all()


def test_any_position_alone_equals_the_stream(tiny_set):
    crops = Crops(Shards(tiny_set, "train"), 32, seed=5)
    stream = [crops[position] for position in range(60)]
    again = Crops(Shards(tiny_set, "train"), 32, seed=5)
    for position in (59, 0, 30, 25):
        assert all(
            torch.equal(a, b) for a, b in zip(stream[position], again[position], strict=True)
        )
    other = Crops(Shards(tiny_set, "train"), 32, seed=6)
    assert not torch.equal(stream[0][0], other[0][0])


def test_an_epoch_shows_every_picture_once(tiny_set):
    crops = Crops(Shards(tiny_set, "train"), 64, seed=0)  # a crop of the full size is the picture
    seen = {crops[position][1].numpy().tobytes() for position in range(24)}
    assert len(seen) == 24


def test_processes_share_a_batch(tiny_set):
    whole = list(Steps(3, 5, 4))
    assert whole == [[12, 13, 14, 15], [16, 17, 18, 19]]
    assert list(Steps(3, 5, 4, rank=1, world=2)) == [[13, 15], [17, 19]]
    loader = batches(Crops(Shards(tiny_set, "train"), 32, 0), Steps(0, 2, 4), workers=0)
    shapes = [(tuple(render.shape), tuple(line.shape)) for render, line, _ in loader]
    assert shapes == [((4, 3, 32, 32), (4, 1, 32, 32))] * 2


def test_salient_crops_look_for_edges(tiny_set):
    """A dark square in a corner of an empty page: uniform crops often miss it, salient ones rarely."""
    render, line = np.full((256, 256, 3), 255, np.uint8), np.zeros((256, 256), np.uint8)
    render[200:240, 200:240], line[200:240, 200:240] = 0, 255

    def found(policy):
        rngs = (np.random.default_rng(seed) for seed in range(200))
        return sum(crop_pair(render, line, 64, rng, policy)[1].any() for rng in rngs)

    uniform, mixed, salient = (found(policy) for policy in ("uniform", "mixed", "salient"))
    # Uniform: a crop of 64 starts in 0..192 and meets the square from 137 on, in a share of (56/193)^2.
    assert uniform < 40
    assert salient > 80
    assert uniform < mixed < salient


def test_keys_name_what_is_shown(tiny_set):
    crops = Crops(Shards(tiny_set, "train"), 64, seed=0)
    assert sorted(crops.keys(range(24))) == [child.key for child in crops.shards.children]
