"""Augmenting: each drawing becomes itself and a few children, in tar shards.

A child depends on (seed, id of the pair, number of the child), for a scene on the drawings in it
(:mod:`dataset_tools.augmentation.scenes`), and on nothing else: not on the order, the other pairs, or the
number of workers.

A shard is made on a workbench, a folder named by all that it depends on (:func:`digest`), and put in place
when all are there (:func:`publish`). What was finished when a run was killed is taken as it is; what other
settings, drawings or code left behind has another name and is never taken.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from dataset_tools.augmentation.child import Scene, augment, child_rng, prepare
from dataset_tools.augmentation.fields import as_bytes
from dataset_tools.augmentation.memory import keep_memory
from dataset_tools.augmentation.plan import Recipe
from dataset_tools.augmentation.scenes import Cast, Pool, draw_cast
from dataset_tools.augmentation.settings import AugmentSettings, Enemies
from lineart.pictures import images
from lineart.pictures.clutter import without_clutter
from lineart.pictures.images import write_text
from lineart.sets import pairs, shards
from lineart.sets.pairs import Pair, read_pairs, write_table
from lineart.sets.shards import SPLITS, TABLE, Child, encode_child, write_shard

__all__ = [
    "DRAWINGS",
    "AugmentSettings",
    "Enemies",
    "Job",
    "draw_casts",
    "finished",
    "make_shard",
    "plan_jobs",
    "publish",
    "shard_name",
    "write_children",
]

SHARD = re.compile(rf"({'|'.join(SPLITS)})-\d{{6}}\.tar")
DRAWINGS = 32  # a shard; fixed, so that the shards do not depend on the number of workers
ROWS = "children.json"  # beside the shard on the workbench, written last

Casts = Mapping[str, Cast]  # key of the child -> who is in its scene


@dataclass(frozen=True)
class Job:
    """A shard to be made."""

    name: str  # of the tar, from :func:`shard_name`
    rows: tuple[Pair, ...]
    split: str
    casts: dict[str, Cast]  # of :func:`draw_casts`


def shard_name(split: str, number: int) -> str:
    """The file name of a shard, ``train-000007.tar``."""
    return f"{split}-{number:06d}.tar"


def draw_casts(rows: Iterable[Pair], pool: Pool, settings: AugmentSettings) -> dict[str, Cast]:
    """Which children of some pairs are scenes, and with whom.

    Args:
        rows: the pairs.
        pool: all pairs of their split.
        settings: what the children are like.
    """
    casts = {}
    for pair in rows:
        for number in range(1, settings.children + 1):
            cast = draw_cast(settings.seed, pair, number, settings.scenes, pool)
            if cast is not None:
                casts[f"{pair.id}-{number}"] = cast
    return casts


def plan_jobs(splits: Path, settings: AugmentSettings) -> list[Job]:
    """The shards of a data set, :data:`DRAWINGS` drawings each, whoever makes them.

    Args:
        splits: folder of ``train.csv``, ``val.csv`` and ``test.csv``.
        settings: what the children are like.

    Raises:
        InputError: if a table is missing.
    """
    jobs = []
    for split in SPLITS:
        rows = read_pairs(splits / f"{split}.csv")
        pool = Pool(rows)
        for number, start in enumerate(range(0, len(rows), DRAWINGS)):
            some = tuple(rows[start : start + DRAWINGS])
            casts = draw_casts(some, pool, settings)
            jobs.append(Job(shard_name(split, number), some, split, casts))
    return jobs


def make_shard(
    name: str,
    rows: Sequence[Pair],
    split: str,
    folder: Path,
    out: Path,
    settings: AugmentSettings,
    casts: Casts | None = None,
) -> list[Child]:
    """Write the originals and the children of some pairs as one tar. Runs in a worker process.

    Args:
        name: of the tar, from :func:`shard_name`.
        rows: the pairs.
        split: the split they are in.
        folder: what the pairs' paths are relative to.
        out: where the tar goes.
        settings: what the children are like.
        casts: of :func:`draw_casts`; without, no child is a scene.

    Returns:
        One row a child, for :func:`write_children`.

    Raises:
        InputError: if a picture cannot be read, or the tar not be written.
    """
    assert SHARD.fullmatch(name), f"{name} is no name of a shard; take shard_name"
    cv2.setNumThreads(1)  # the workers share the cores among themselves
    keep_memory()
    members = [
        member
        for pair in rows
        for member in _family(pair, name, split, folder, settings, casts or {})
    ]
    write_shard(out / name, members)
    return [child for child, _, _ in members]


def _family(
    pair: Pair, shard: str, split: str, folder: Path, settings: AugmentSettings, casts: Casts
) -> Iterator[tuple[Child, bytes, bytes]]:
    """The original and the children of one pair, each with its PNG files."""
    original = pair.pictures(folder)
    layers = prepare(*original)
    for number in range(settings.children + 1):
        key = f"{pair.id}-{number}"
        render, line, recipe = (*original, Recipe())
        if number:
            rng = child_rng(settings.seed, pair.id, number)
            scene = _scene(casts[key], folder) if key in casts else None
            render, line, recipe = augment(render, line, rng, settings, layers, scene)
        render_png, line_png, sha256 = encode_child(as_bytes(render), line)
        child = Child(
            key=key,
            parent=pair.id,
            number=number,
            split=split,
            group=pair.group,
            shard=shard,
            width=line.shape[1],
            height=line.shape[0],
            sha256=sha256,
            recipe=json.dumps(recipe, separators=(",", ":")),
        )
        yield child, render_png, line_png


def _scene(cast: Cast, folder: Path) -> Scene:
    partners = tuple((pair.id, prepare(*pair.pictures(folder))) for pair in cast.partners)
    return Scene(cast.strength, cast.seed, partners)


def finished(
    job: Job, folder: Path, workbench: Path, settings: AugmentSettings
) -> tuple[str, list[Child]]:
    """Make a shard on the workbench, or take the one that is there. Runs in a worker process.

    Args:
        job: the shard.
        folder: what the pairs' paths are relative to.
        workbench: where shards lie until all are made.
        settings: what the children are like.

    Returns:
        The shard's path below the workbench, and its rows.

    Raises:
        InputError: as :func:`make_shard`.
    """
    place = workbench / digest(job, settings)
    with contextlib.suppress(FileNotFoundError):
        rows = json.loads((place / ROWS).read_text(encoding="utf-8"))
        return f"{place.name}/{job.name}", [Child(**row) for row in rows]
    made = make_shard(job.name, job.rows, job.split, folder, place, settings, job.casts)
    write_text(place / ROWS, json.dumps([dataclasses.asdict(child) for child in made]))
    return f"{place.name}/{job.name}", made


def digest(job: Job, settings: AugmentSettings) -> str:
    """What tells a shard from one of other drawings, settings or code: 24 hexadecimal digits.

    The drawings count by their rows, which hold the hashes of their files.
    """
    about = [dataclasses.asdict(settings), dataclasses.asdict(job), code()]
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:24]


@functools.cache
def code() -> str:
    """The hash of the code that makes shards, with the versions of the libraries that draw."""
    here = Path(__file__)
    folder = here.parent / "augmentation"
    files = [here, *without_clutter(folder.glob("*.py"), folder)]
    files += [Path(str(module.__file__)) for module in (images, pairs, shards)]
    content = hashlib.sha256(f"{cv2.__version__} {np.__version__}".encode())
    for file in files:
        content.update(file.read_bytes())
    return content.hexdigest()


def publish(out: Path, workbench: Path, made: Sequence[tuple[str, list[Child]]]) -> None:
    """Put finished shards in place, then ``children.csv``, and clear the workbench.

    Until the table is written the workbench keeps its files (links where the disk can), so that a run that
    is killed here loses nothing either.

    Args:
        out: where the set goes.
        workbench: as for :func:`finished`.
        made: what that returned.

    Raises:
        InputError: if the disk is full.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / TABLE).unlink(missing_ok=True)  # a table that is there is whole
    for path, _ in made:
        source, target = workbench / path, out / Path(path).name
        target.unlink(missing_ok=True)
        try:
            os.link(source, target)
        except OSError:  # another disk, or one without links
            images.write_bytes(target, source.read_bytes())
    write_children(out, [child for _, children in made for child in children])
    shutil.rmtree(workbench, ignore_errors=True)


def write_children(out: Path, children: list[Child]) -> None:
    """Write ``children.csv``, sorted by split and key, and remove the shards it does not name.

    Those are left from other settings; only files named like a shard are touched.
    """
    rows = sorted(children, key=lambda child: (child.split, child.key))
    columns = [field.name for field in dataclasses.fields(Child)]
    table = pd.DataFrame([dataclasses.asdict(row) for row in rows], columns=columns)
    write_table(out / TABLE, table)
    named = {child.shard for child in children}
    for file in sorted(out.glob("*.tar")):
        if SHARD.fullmatch(file.name) and file.name not in named:
            file.unlink()
