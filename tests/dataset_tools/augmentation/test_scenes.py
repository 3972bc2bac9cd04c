import dataclasses

import numpy as np
import pytest

from dataset_tools.augmentation.child import prepare
from dataset_tools.augmentation.geometry import Motion
from dataset_tools.augmentation.scenes import Pool, compose, draw_cast, mixed, over
from dataset_tools.augmentation.weight import Drawn

STILL = Motion(np.array([[1.0, 0, 0], [0, 1, 0]]))


@pytest.fixture
def pairs(save, box):
    return [save(f"box{number}", box(), group=f"group{number // 2}") for number in range(40)]


def square(side, top, left, colour):
    """A filled square of 20 pixels with ink 2 pixels wide, on bare paper."""
    line, bare = np.zeros((side, side), np.float32), np.ones((side, side), np.float32)
    render = np.ones((side, side, 3), np.float32)
    whole, inner = (
        np.s_[top : top + 20, left : left + 20],
        np.s_[top + 2 : top + 18, left + 2 : left + 18],
    )
    line[whole], bare[whole], render[whole] = 1, 0, 0
    line[inner], render[inner] = 0, colour
    return Drawn(render, line, bare)


def test_hidden_ink_is_hidden_in_both_pictures():
    back, front = square(48, 5, 5, (0, 1, 0)), square(48, 15, 15, (1, 0, 0))
    scene = over(front, back)
    hidden = np.s_[15:35, 15:35]  # all that the front square covers
    for whole, part in zip(vars(scene).values(), vars(front).values(), strict=True):
        assert np.array_equal(whole[hidden], part[hidden])
    seen = np.ones((48, 48), bool)
    seen[hidden] = False
    for whole, part in zip(vars(scene).values(), vars(back).values(), strict=True):
        assert np.array_equal(whole[seen], part[seen])
    # Ink is where the render is black, no more and no less.
    assert np.array_equal(scene.line == 1, (scene.render == 0).all(axis=2))


def test_an_edge_that_half_covers_half_hides():
    back = Drawn(*(np.zeros(s, np.float32) for s in ((1, 1, 3), (1, 1), (1, 1))))
    back.line[:] = 1  # solid black ink
    front = Drawn(*(np.full(s, 0.5, np.float32) for s in ((1, 1, 3), (1, 1), (1, 1))))
    front.line[:] = 0  # half of a black fill without ink over half bare paper: grey
    scene = over(front, back)
    assert scene.line[0, 0] == 0.5
    assert scene.render[0, 0] == pytest.approx([0, 0, 0])
    assert scene.bare[0, 0] == 0


@pytest.mark.parametrize("seed", range(6))
def test_ink_of_a_scene_is_where_its_render_is_black(seed, box):
    layers = [
        prepare(*box(side=96, left=16, fill=fill)) for fill in ((1, 1, 0), (0.4, 1, 1), (1, 0.6, 1))
    ]
    scene, notes = compose(layers, STILL, np.random.default_rng(seed), 1.0)
    assert sorted(notes["order"]) == [0, 1, 2]
    assert scene.render.shape == (96, 96, 3)
    # Every fill and the paper have a channel at full light, and black ink darkens it by its own share.
    assert 1 - scene.render.max(axis=2) == pytest.approx(scene.line, abs=0.03)


def test_most_children_keep_their_partners_when_drawings_are_added(pairs):
    chance = (1.0, 1.0)
    before, after = Pool(pairs[:36]), Pool(pairs)
    same = total = 0
    for pair in pairs[:36]:
        for number in (1, 2, 3, 4):
            one = draw_cast(0, pair, number, chance, before)
            other = draw_cast(0, pair, number, chance, after)
            assert one is not None
            assert other is not None
            assert (one.strength, one.seed) == (other.strength, other.seed)
            assert len(one.partners) == len(other.partners)
            new = set(other.partners) - set(one.partners)
            assert new <= set(pairs[36:])  # only a new drawing takes an old one's place
            same += one.partners == other.partners
            total += 1
    assert same / total > 0.6  # four of forty drawings are new, and a scene has two partners


def test_partners_do_not_depend_on_the_order_and_are_of_other_groups(pairs):
    for pair in pairs[:10]:
        one = draw_cast(0, pair, 1, (1.0, 1.0), Pool(pairs))
        other = draw_cast(0, pair, 1, (1.0, 1.0), Pool(pairs[::-1]))
        assert one == other
        assert one is not None
        assert all(partner.group != pair.group for partner in one.partners)


def test_scenes_come_as_often_as_asked(pairs):
    pool = Pool(pairs)
    for probability in (0.0, 0.3, 1.0):
        casts = [draw_cast(0, p, n, (probability, 1.0), pool) for p in pairs for n in range(10)]
        share = sum(cast is not None for cast in casts) / len(casts)
        assert share == pytest.approx(probability, abs=0.1)
    counts = {len(cast.partners) for cast in casts if cast is not None}
    assert counts == {1, 2, 3}


def test_alone_in_its_group_there_is_no_scene(pairs):
    family = [dataclasses.replace(pair, group="one") for pair in pairs]
    assert draw_cast(0, family[0], 1, (1.0, 1.0), Pool(family)) is None


def test_scrambling_is_that_of_splitmix():
    # The first number of SplitMix64 from seed 0: 0 + golden ratio, scrambled.
    golden = np.array([0x9E3779B97F4A7C15], np.uint64)
    assert int(mixed(golden)[0]) == 0xE220A8397B1DCDAF
