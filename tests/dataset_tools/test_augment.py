import dataclasses
import json
import multiprocessing
import pickle
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

import cv2
import numpy as np
import pytest

from dataset_tools import augment as stage
from dataset_tools.augment import (
    AugmentSettings,
    Enemies,
    Job,
    digest,
    draw_casts,
    finished,
    make_shard,
    publish,
    shard_name,
    write_children,
)
from dataset_tools.augmentation.child import Scene, augment, child_rng, prepare, redraw
from dataset_tools.augmentation.plan import OPS, apply_plan, draw_plan, ink_kept
from dataset_tools.augmentation.scenes import Pool
from dataset_tools.augmentation.sheet import Sheet
from lineart.errors import InputError
from lineart.pictures.images import to_bytes, write_line, write_render
from lineart.sets.pairs import Pair, read_table
from lineart.sets.shards import Shards
from lineart.settings import settings_from

SETTINGS = AugmentSettings()


def drawing(height=48, width=64):
    """A red disc with a black outline on white paper, and its outline as line art."""
    canvas = np.zeros((height, width), np.uint8)
    centre, radius = (width // 2, height // 2), min(height, width) // 3
    cv2.circle(canvas, centre, radius, (255,), 2, cv2.LINE_AA)
    line = canvas.astype(np.float32) / 255
    disc = np.zeros((height, width), np.uint8)
    cv2.circle(disc, centre, radius, (255,), -1, cv2.LINE_AA)
    fill = (disc.astype(np.float32) / 255)[..., None]
    render = (1 - fill) + fill * np.array([0.9, 0.2, 0.1], np.float32)
    return (render * (1 - line[..., None])).astype(np.float32), line


@pytest.fixture
def pairs(tmp_path):
    """Four pairs of different sizes on disk."""
    rows = []
    for number, size in enumerate(((40, 40), (32, 48), (48, 32), (36, 36))):
        render, line = drawing(*size)
        name = f"disc{number}"
        write_render(tmp_path / f"{name}.png", render)
        write_line(tmp_path / f"{name}-line.png", line)
        rows.append(
            Pair(
                id=name,
                render=f"{name}.png",
                line=f"{name}-line.png",
                group=name,
                source="test",
                artist="nobody",
                license="CC0-1.0",
                width=size[1],
                height=size[0],
                render_sha256="",
                line_sha256="",
            )
        )
    return rows


def test_two_keys_are_all_the_params_need():
    assert settings_from(AugmentSettings, {"children": 4, "seed": 0}, "augment") == SETTINGS


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"children": -1}, "augment.children"),
        ({"clean": 0.6, "heavy": 0.5}, "augment.heavy"),
        ({"enemies": {"stains": [1, 2]}}, "augment.enemies.stains"),
        ({"enemies": {"stain": [1, 1]}}, "augment.enemies.stains"),
        ({"geometry": {"scale": [1.4, 0.7]}}, "augment.geometry.scale"),
        ({"geometry": {"rotation": 200}}, "augment.geometry.rotation"),
        ({"geometry": {"elastic": [0.5]}}, "augment.geometry.elastic"),
        ({"scenes": [0.5, 2]}, "augment.scenes"),
        ({"weight": [-1, 1]}, "augment.weight"),
    ],
)
def test_wrong_settings_are_named(values, named):
    with pytest.raises(InputError, match=named):
        settings_from(AugmentSettings, values, "augment")


def test_every_enemy_is_an_op():
    assert set(vars(Enemies())) | {"hue", "exposure"} == set(OPS)


def test_generators_differ_by_seed_parent_and_number():
    draws = {
        child_rng(seed, parent, number).integers(2**32)
        for seed in (0, 1)
        for parent in ("a", "b")
        for number in (1, 2)
    }
    assert len(draws) == 8


def test_a_child_depends_on_its_name_alone():
    render, line = drawing()
    once = augment(render, line, child_rng(0, "a", 3), SETTINGS)
    for other in (1, 2):
        augment(render, line, child_rng(0, "a", other), SETTINGS)
    again = augment(render, line, child_rng(0, "a", 3), SETTINGS)
    assert np.array_equal(once[0], again[0])
    assert np.array_equal(once[1], again[1])
    assert once[2] == again[2]


def test_threads_of_opencv_change_nothing():
    render, line = drawing(200, 200)
    before = cv2.getNumThreads()
    children = []
    for threads in (1, 4):
        cv2.setNumThreads(threads)
        children.append(
            [augment(render, line, child_rng(0, "a", n), SETTINGS)[0] for n in range(8)]
        )
    cv2.setNumThreads(before)
    for one, four in zip(*children, strict=True):
        assert np.array_equal(one, four)


def test_mixture_of_children():
    counts = []
    for number in range(400):
        plan = draw_plan(child_rng(0, "a", number), SETTINGS)
        names = [name for name, _, _ in plan]
        assert names == [name for name in OPS if name in names]  # in the order of the ops
        assert all(0 <= strength <= 1 for _, strength, _ in plan)
        counts.append(len(set(names) - {"hue", "exposure"}))
    assert set(counts) == {0, 2, 3, 4, 6, 7, 8}
    assert counts.count(0) == pytest.approx(60, abs=25)  # clean: 0.15 of 400, four deviations
    assert sum(count > 4 for count in counts) == pytest.approx(40, abs=24)  # heavy: 0.1 of 400


def test_an_enemy_of_weight_zero_never_comes():
    settings = AugmentSettings(enemies=Enemies(stains=(0, 1)))
    plans = [draw_plan(child_rng(0, "a", number), settings) for number in range(200)]
    assert not any("stains" in dict((name, 0) for name, _, _ in plan) for plan in plans)


def test_without_enemies_children_are_only_moved_and_coloured():
    none = Enemies(**{name: (0.0, 1.0) for name in vars(Enemies())})
    settings = AugmentSettings(enemies=none, colour=0)
    assert draw_plan(child_rng(0, "a", 1), settings) == []


def test_no_background_without_bare_paper():
    plans = [draw_plan(child_rng(0, "a", n), SETTINGS, has_paper=False) for n in range(100)]
    assert all(name != "background" for plan in plans for name, _, _ in plan)


def scene_of(*sides):
    """A scene with discs of some sizes besides the parent."""
    partners = tuple((f"p{side}", prepare(*drawing(side, side))) for side in sides)
    return Scene(strength=0.8, seed=5, partners=partners)


@pytest.mark.parametrize("scene", [None, scene_of(40, 56)])
def test_the_line_art_is_only_redrawn(scene):
    render, line = drawing()
    for number in range(10):
        rng = child_rng(0, "a", number)
        _, child, _ = augment(render, line, rng, SETTINGS, scene=scene)
        drawn, _ = redraw(line, prepare(render, line), child_rng(0, "a", number), SETTINGS, scene)
        assert np.array_equal(child, drawn.line)


@pytest.mark.parametrize("scene", [None, scene_of(40, 56)])
def test_a_recipe_is_enough_to_make_the_child_again(scene):
    render, line = drawing()
    layers = prepare(render, line)
    for number in range(10):
        child, _, recipe = augment(render, line, child_rng(0, "a", number), SETTINGS, layers, scene)
        assert recipe == json.loads(json.dumps(recipe))
        assert recipe[0]["op"] == "geometry"
        drawn, first = redraw(line, layers, child_rng(0, "a", number), SETTINGS, scene)
        assert recipe[: len(first)] == first
        if scene is not None:
            assert first[1]["partners"] == ["p40", "p56"]
            assert sorted(first[1]["order"]) == [0, 1, 2]
        plan = [(step["op"], step["strength"], step["seed"]) for step in recipe[len(first) :]]
        assert {name for name, _, _ in plan} <= set(OPS)
        again, _ = apply_plan(drawn.render, Sheet(drawn.line, drawn.bare), plan)
        assert np.array_equal(child, again)


def test_without_bare_paper_there_is_no_scene():
    dark = np.zeros((48, 64, 3), np.float32)
    for number in range(5):
        rng = child_rng(0, "a", number)
        _, _, recipe = augment(dark, drawing()[1], rng, SETTINGS, scene=scene_of(40))
        assert "scene" not in [step["op"] for step in recipe]


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (7, 5), (30, 90)])
@pytest.mark.parametrize("grey", [1.0, 0.4])
def test_blank_dark_and_odd_pictures_survive(shape, grey):
    render, line = np.full((*shape, 3), grey, np.float32), np.zeros(shape, np.float32)
    for number in range(1, 9):
        child, child_line, _ = augment(render, line, child_rng(0, "a", number), SETTINGS)
        assert child.shape == render.shape
        assert child.dtype == child_line.dtype == np.float32
        assert child.min() >= 0
        assert child.max() <= 1
        assert not child_line.any()


def test_ink_kept_counts_what_can_still_be_seen():
    line = np.zeros((64, 64), np.float32)
    line[:, 10:14] = line[:, 40:44] = 1
    before = np.repeat(1 - line[..., None], 3, axis=2)
    assert ink_kept(before, before, line) == 1
    assert ink_kept(before, np.ones_like(before), line) == 0
    half = before.copy()
    half[:, 32:] = 1  # one of two strokes is gone
    assert ink_kept(before, half, line) == 0.5
    assert ink_kept(before, before, np.zeros_like(line)) == 1  # no ink, nothing lost
    inverted = 1 - before  # ink lighter than the paper is no ink
    assert ink_kept(before, inverted, line) == 0
    dark = before.copy()
    dark[:, 44:] = 0.02  # to the right of one stroke all is nearly black
    assert ink_kept(before, dark, line) == 0.5
    assert ink_kept(dark, dark, line) == 1  # an artist may draw so


@pytest.mark.parametrize(
    ("light", "dark", "kept"),
    [
        (0.8, 0.1, 1),  # a stroke between a light fill and the night is seen
        (0.8, 0.02, 0),  # but not beside what is as dark as it is
        (0.12, 0.12, 1),  # in the dark little contrast is enough
        (0.04, 0.04, 0),
    ],
)
def test_ink_between_two_grounds_is_compared_with_both(light, dark, kept):
    line = np.zeros((256, 256), np.float32)
    line[:, 127:130] = 1  # a cell is two pixels: on either side of the stroke one is a mixture
    before = np.repeat(1 - line[..., None], 3, axis=2)
    after = before.copy()
    after[:, :127], after[:, 130:] = light, dark
    assert ink_kept(before, after, line) == kept


def test_ink_stays_visible():
    render, line = drawing(96, 96)
    layers = prepare(render, line)
    harsh = AugmentSettings(clean=0, heavy=1)
    for number in range(30):
        drawn, _ = redraw(line, layers, child_rng(0, "a", number), harsh)
        child, child_line, _ = augment(render, line, child_rng(0, "a", number), harsh, layers)
        assert ink_kept(drawn.render, child, child_line) >= 0.97


def test_ops_that_would_hide_the_ink_are_not_done(monkeypatch):
    def white_out(render, sheet, rng, strength):
        return np.ones_like(render), {}

    monkeypatch.setitem(OPS, "hue", white_out)
    settings = AugmentSettings(clean=1, heavy=0, colour=1)
    render, line = drawing(96, 96)
    child, child_line, recipe = augment(render, line, child_rng(0, "a", 1), settings)
    assert child[child_line > 0.9].max() < 0.2
    assert "hue" not in [step["op"] for step in recipe]


def test_shards_hold_the_untouched_original_and_its_children(pairs, tmp_path):
    out = tmp_path / "out"
    children = make_shard(shard_name("val", 3), pairs, "val", tmp_path, out, SETTINGS)
    write_children(out, children)
    shards = Shards(out, "val")
    assert [c.key for c in shards.children] == [f"disc{p}-{n}" for p in range(4) for n in range(5)]
    render, ink = shards[5]
    expected_render, expected_line = pairs[1].pictures(tmp_path)
    assert np.array_equal(render, to_bytes(expected_render))
    assert np.array_equal(ink, 255 - to_bytes(1 - expected_line))
    original, child = shards.children[5:7]
    assert (original.number, original.recipe, original.shard) == (0, "[]", "val-000003.tar")
    assert (child.parent, child.group, child.width, child.height) == ("disc1", "disc1", 48, 32)
    assert json.loads(child.recipe)[0]["op"] == "geometry"


def test_order_of_the_pairs_does_not_change_a_byte(pairs, tmp_path):
    name = shard_name("train", 0)
    make_shard(name, pairs, "train", tmp_path, tmp_path / "a", SETTINGS)
    make_shard(name, pairs[::-1], "train", tmp_path, tmp_path / "b", SETTINGS)
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_number_of_workers_does_not_change_a_byte(pairs, tmp_path):
    spawn = multiprocessing.get_context("spawn")
    for workers in (1, 2):
        out = tmp_path / str(workers)
        with ProcessPoolExecutor(workers, mp_context=spawn) as pool:
            jobs = [
                pool.submit(
                    make_shard,
                    shard_name("train", k),
                    pairs[2 * k :][:2],
                    "train",
                    tmp_path,
                    out,
                    SETTINGS,
                )
                for k in range(2)
            ]
            write_children(out, [child for job in jobs for child in job.result()])
    for name in ("train-000000.tar", "train-000001.tar", "children.csv"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_the_table_is_sorted_and_stale_shards_are_removed(pairs, tmp_path):
    out = tmp_path / "out"
    settings = AugmentSettings(children=1)
    rows = make_shard(shard_name("val", 0), pairs[:2], "val", tmp_path, out, settings)
    rows += make_shard(shard_name("test", 0), pairs[2:], "test", tmp_path, out, settings)
    for name in ("train-000009.tar", "train-9.tar", "notes.tar", "train-000009.tar.txt"):
        (out / name).write_bytes(b"")
    write_children(out, rows)
    table = read_table(out / "children.csv")
    assert table["key"].tolist() == [f"disc{k}-{n}" for k in (2, 3, 0, 1) for n in (0, 1)]
    left = {path.name for path in out.iterdir()}
    kept = {"train-9.tar", "notes.tar", "train-000009.tar.txt"}
    assert left == {"val-000000.tar", "test-000000.tar", "children.csv"} | kept


def jobs_of(pairs, settings):
    pool = Pool(pairs)
    halves = [tuple(pairs[start : start + 2]) for start in range(0, len(pairs), 2)]
    return [
        Job(shard_name("train", number), rows, "train", draw_casts(rows, pool, settings))
        for number, rows in enumerate(halves)
    ]


def make(pairs, folder, out, settings=SETTINGS):
    made = [finished(job, folder, out / "bench", settings) for job in jobs_of(pairs, settings)]
    publish(out / "set", out / "bench", made)


# Makes shards and is killed while the second is written.
KILLED = """
import os, pickle, signal, sys
from dataset_tools import augment as stage

with open(sys.argv[1], "rb") as file:
    jobs, folder, bench, settings = pickle.load(file)
write = stage.write_shard

def once(path, children):
    if list(bench.glob("*/*.tar")):
        os.kill(os.getpid(), signal.SIGKILL)
    write(path, children)

stage.write_shard = once
for job in jobs:
    stage.finished(job, folder, bench, settings)
"""


def test_a_run_that_was_killed_goes_on(pairs, tmp_path, monkeypatch):
    work = jobs_of(pairs, SETTINGS), tmp_path, tmp_path / "killed/bench", SETTINGS
    (tmp_path / "work.pickle").write_bytes(pickle.dumps(work))
    killed = subprocess.run([sys.executable, "-c", KILLED, tmp_path / "work.pickle"], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(list((tmp_path / "killed/bench").glob("*/*.tar"))) == 1
    assert not (tmp_path / "killed/set").exists()

    made, make_again = [], stage.make_shard
    monkeypatch.setattr(
        stage, "make_shard", lambda name, *rest: made.append(name) or make_again(name, *rest)
    )
    make(pairs, tmp_path, tmp_path / "killed")
    assert made == ["train-000001.tar"]  # the first was taken as it was
    make(pairs, tmp_path, tmp_path / "whole")
    names = ["children.csv", "train-000000.tar", "train-000001.tar"]
    for folder in ("killed", "whole"):
        assert sorted(path.name for path in (tmp_path / folder / "set").iterdir()) == names
        assert not (tmp_path / folder / "bench").exists()
    for name in names:
        left, right = (tmp_path / folder / "set" / name for folder in ("killed", "whole"))
        assert left.read_bytes() == right.read_bytes()


def test_a_shard_of_other_settings_or_drawings_is_not_taken(pairs):
    job, other = jobs_of(pairs, AugmentSettings(scenes=(1.0, 1.0)))
    changed = dataclasses.replace(pairs[0], render_sha256="another picture")
    redrawn = dataclasses.replace(job, rows=(changed, pairs[1]))
    with_others = dataclasses.replace(job, casts=other.casts)
    digests = {
        digest(job, SETTINGS),
        digest(other, SETTINGS),
        digest(redrawn, SETTINGS),
        digest(with_others, SETTINGS),
        digest(job, AugmentSettings(seed=1)),
    }
    assert len(digests) == 5
    assert digest(dataclasses.replace(job), AugmentSettings()) == digest(job, SETTINGS)


def test_publishing_again_replaces_what_was_there(pairs, tmp_path):
    make(pairs, tmp_path, tmp_path)
    before = (tmp_path / "set/train-000000.tar").read_bytes()
    make(pairs[:2], tmp_path, tmp_path, AugmentSettings(seed=3))
    assert (tmp_path / "set/train-000000.tar").read_bytes() != before
    assert len(Shards(tmp_path / "set", "train")) == 10


def test_scenes_name_their_partners(pairs, tmp_path):
    settings = AugmentSettings(scenes=(1.0, 1.0))
    make(pairs, tmp_path, tmp_path, settings)
    for child in Shards(tmp_path / "set", "train").children:
        steps = [step for step in json.loads(child.recipe) if step["op"] == "scene"]
        assert len(steps) == (child.number > 0)
        for step in steps:
            assert step["partners"]
            assert set(step["partners"]) <= {pair.id for pair in pairs} - {child.parent}
