"""Out-of-fold predictions: every pair is read by a network that was trained without it and its relatives.

The pairs are dealt into folds by cluster, so that variants and near duplicates of a drawing are in one fold.
For each fold a network is trained on the pairs of all others and reads the renders of its own. What it draws
there is its own opinion of the line art: it has never seen the one that was delivered.

The idea is that of cross-validated predictions for finding label errors (Northcutt, Jiang and Chuang,
"Confident learning", JAIR 70, 2021).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from lineart.errors import InputError
from lineart.inference.network import NetworkExtractor
from lineart.models.registry import RECIPES
from lineart.pictures.images import read_render, write_line
from lineart.runs import load_network
from lineart.sets.pairs import Pair, sha256, write_table
from lineart.sets.shards import TABLE, Child, write_shard
from lineart.training.settings import TrainSettings
from lineart.training.train import code_digest, train

SHARDS = "shards"
VALIDATION = 24  # one in so many training pairs is kept for validation, to choose the epoch

OnFold = Callable[[int, int], None]  # called with (folds done, folds in all)


def deal(clusters: Sequence[str], folds: int, seed: int) -> list[int]:
    """The fold of each pair: clusters whole, folds of like sizes, in an order that depends on the seed.

    Args:
        clusters: of each pair.
        folds: how many, at least 2.
        seed: another one, another deal.

    Raises:
        InputError: if there are fewer clusters than folds.

    >>> deal(["a", "b", "a", "c"], folds=2, seed=0)
    [0, 1, 0, 1]
    """
    sizes = Counter(clusters)
    if len(sizes) < folds:
        raise InputError(
            f"{len(sizes)} groups of drawings cannot be dealt into {folds} folds; "
            f"add drawings or set fewer folds."
        )

    def order(cluster: str) -> tuple[int, str]:
        return -sizes[cluster], hashlib.sha256(f"{seed}|{cluster}".encode()).hexdigest()

    filled = [0] * folds
    fold_of = {}
    for cluster in sorted(sizes, key=order):
        fold_of[cluster] = filled.index(min(filled))
        filled[fold_of[cluster]] += sizes[cluster]
    return [fold_of[cluster] for cluster in clusters]


def cross_predict(
    model: str,
    pairs: Sequence[Pair],
    folds: Sequence[int],
    folder: Path,
    settings: TrainSettings,
    work: Path,
    out: Path,
    on_fold: OnFold | None = None,
) -> None:
    """Train a network a fold, and write what it makes of the renders of its fold as ``out/ID.png``.

    An interrupted call goes on where it stopped when it is called again with the same arguments; what lies
    in ``work`` for it is removed when all is done.

    Args:
        model: name of a network.
        pairs: at least one in every fold.
        folds: the fold of each, counted from 0; of :func:`deal`.
        folder: of their pictures.
        settings: of the trainings, all alike.
        work: where shards, checkpoints and finished folds are kept in the meantime.
        out: folder of the predictions, line arts as :mod:`lineart.pictures.images` has them.
        on_fold: called after each fold.

    Raises:
        InputError: for what :func:`lineart.training.train.train` refuses, or a picture that cannot be read.
        KeyboardInterrupt: on Ctrl-C or SIGTERM, after a checkpoint.
    """
    pairs, folds = _sorted(pairs, folds)
    count = max(folds) + 1
    work = work / f"crossfit-{_key(model, pairs, folds, settings)}"
    shards = _write_shards(pairs, folds, folder, work / SHARDS)
    for fold in range(count):
        place = work / f"fold-{fold}"
        run = place / "run"
        write_table(place / TABLE, _children(shards, fold))
        if not (run / "summary.json").exists():  # which training writes last
            train(model, settings, place, run, work / "checkpoints")
        extract = NetworkExtractor(load_network(run))
        for pair, its in zip(pairs, folds, strict=True):
            prediction = place / "predictions" / f"{pair.id}.png"
            if its == fold and not prediction.exists():
                write_line(prediction, extract(read_render(folder / pair.render)))
        if on_fold is not None:
            on_fold(fold + 1, count)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    for pair, its in zip(pairs, folds, strict=True):
        shutil.move(work / f"fold-{its}" / "predictions" / f"{pair.id}.png", out)
    shutil.rmtree(work)


def _sorted(pairs: Sequence[Pair], folds: Sequence[int]) -> tuple[list[Pair], list[int]]:
    both = sorted(zip(pairs, folds, strict=True), key=lambda item: item[0].id)
    return [pair for pair, _ in both], [fold for _, fold in both]


def _write_shards(
    pairs: list[Pair], folds: list[int], folder: Path, out: Path
) -> Mapping[int, list[Child]]:
    """One shard a fold, of the originals' own bytes; trainings share them. Returns who is in which."""
    members: dict[int, list[Child]] = {}
    for fold in range(max(folds) + 1):
        name = f"fold-{fold}.tar"
        triples = []
        for pair, its in zip(pairs, folds, strict=True):
            if its != fold:
                continue
            render, line = (folder / pair.render).read_bytes(), (folder / pair.line).read_bytes()
            child = Child(
                key=f"{pair.id}-0",
                parent=pair.id,
                number=0,
                split="",
                group=pair.group,
                shard=name,
                width=pair.width,
                height=pair.height,
                sha256=sha256(render + line),
                recipe="[]",
            )
            triples.append((child, render, line))
        members[fold] = [child for child, _, _ in triples]
        if not (out / name).exists():
            write_shard(out / name, triples)
    return members


def _children(members: Mapping[int, list[Child]], held_out: int) -> pd.DataFrame:
    """The table of one training: all folds but one, a few of them kept for validation."""
    others = [child for fold, children in members.items() if fold != held_out for child in children]
    others.sort(key=lambda child: hashlib.sha256(child.parent.encode()).hexdigest())
    rows = []
    for at, child in enumerate(others):
        split = "val" if at % VALIDATION == 0 else "train"
        shard = f"../{SHARDS}/{child.shard}"
        rows.append(dataclasses.asdict(dataclasses.replace(child, split=split, shard=shard)))
    return pd.DataFrame(rows).sort_values("key")


def _key(model: str, pairs: list[Pair], folds: list[int], settings: TrainSettings) -> str:
    content = [
        model,
        [(pair.id, pair.render_sha256, pair.line_sha256) for pair in pairs],
        folds,
        dataclasses.asdict(settings),
        code_digest(RECIPES[model].model),
    ]
    return sha256(json.dumps(content).encode())[:12]
