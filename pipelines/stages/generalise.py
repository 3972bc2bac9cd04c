"""The command `generalise`: the models of `models/` on any other pairs → a table in `generalise/NAME`.

Section 2.4 of the CLEAR-Net paper asks how a model does on drawings of another hand. Nothing is tuned on
them: each model keeps its weights and its threshold. Work (pairs, shards, predictions) lies in
`runs/generalise/NAME`, which may be deleted.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from prefect import flow

from dataset_tools.augment import DRAWINGS, AugmentSettings, make_shard, shard_name, write_children
from dataset_tools.qa import Judgement, check_pairs, judge, write_judgement
from dataset_tools.sources import (
    IngestSettings,
    folders,
    list_drawings,
    make_pairs,
    sheets,
    write_ingest,
)
from dataset_tools.sources.drawing import safe_id
from lineart.errors import InputError, unknown_name
from lineart.metrics.pixels.validation import spread
from lineart.pictures.clutter import without_clutter
from lineart.pictures.images import write_text
from lineart.sets.pairs import Pair, read_pairs, read_table, write_table
from pipelines import runtime
from pipelines.params import FILE, Params, read_params
from pipelines.report import tables
from pipelines.report.markdown import table
from pipelines.report.notes import protocols, reading, speed
from pipelines.report.others import shown_columns
from pipelines.report.records import Record, circumstances, data_version
from pipelines.stages.evaluate import score
from pipelines.workers.chunks import Workers


@dataclasses.dataclass(frozen=True)
class Found:
    """The pairs that came, and how many of them could not be used."""

    pairs: list[Pair]
    folder: Path  # of the pictures
    refused: int


@flow(name="generalise", flow_run_name="generalise {pairs}")
def generalise(
    pairs: str,
    params: str = FILE,
    name: str | None = None,
    models: Sequence[str] | None = None,
    count: int | None = None,
    pictures: str | None = None,
    under: str = "models",
    work: str = "runs/generalise",
    out: str = "generalise",
) -> str:
    """Score models on other pairs; returns what came of it, in a line.

    Args:
        pairs: a pair table, or a folder in the layout of a source.
        params: the params file; size, checks and evaluation are those of the road.
        name: of the section; that of the file or folder if not given.
        models: which; all that are there if not given.
        count: take this many pairs, evenly spread; all if not given.
        pictures: what the paths of a pair table are relative to; its own folder if not given.
        under: the folder of the run folders.
        work: where pairs, shards and predictions go.
        out: where the table goes.

    Raises:
        InputError: if there are no pairs, or no models, or a table of this name is of other pairs.
    """
    settings, source = read_params(params), Path(pairs)
    title = safe_id(name or (source.stem if source.is_file() else source.resolve().name))
    runs = chosen_models(models, Path(under))
    check_source(Path(out) / title / "table.csv", pairs)
    place = Path(work) / title
    shutil.rmtree(place, ignore_errors=True)
    if source.is_file():
        found = Found(read_pairs(source), Path(pictures) if pictures else source.parent, 0)
    else:
        found = read_folder(source, settings, place / "pairs")
    if count is not None:
        some = [found.pairs[number] for number in spread(len(found.pairs), count)]
        found = dataclasses.replace(found, pairs=some)
    judged = write_shards(found, settings, place)
    data = place / "augmented"
    for run in runs:
        score(run, data, place / "evaluation" / run.name, settings)
    version, facts = data_version(data), circumstances(runtime.commit())
    records = [
        Record(run.name, version, run, place / "evaluation" / run.name, facts) for run in runs
    ]
    frame = tables.leaderboard(records).assign(data_version=version, section=title, source=pairs)
    said = [*_counts(source, found, judged), *reading(frame), *protocols(), *speed(frame)]
    write_text(Path(out) / title / "table.md", markdown(title, frame, said))
    write_table(Path(out) / title / "table.csv", frame)
    first = frame.iloc[0]
    return (
        f"{first['model']} leads {len(frame)} rows on {len(judged.accepted)} pairs with an MAE of "
        f"{first['originals_mae']:.4f}; see {Path(out) / title / 'table.md'}"
    )


def chosen_models(names: Sequence[str] | None, folder: Path) -> list[Path]:
    """The run folders of some models, or of all, in the order of their names.

    Raises:
        InputError: if there are none, or one of them is not there.
    """
    runs = without_clutter(folder.glob("*/summary.json"), folder)
    known = {path.parent.name: path.parent for path in runs}
    if not known:
        raise InputError(f"{folder} holds no models; `make repro` makes them.")
    for name in names or ():
        if name not in known:
            raise unknown_name(f"model in {folder}", name, known)
    return [known[name] for name in names or known]


def check_source(table: Path, pairs: str) -> None:
    """Refuse to write the table of some pairs over that of others.

    Raises:
        InputError: if the one that is there says that it is of others.
    """
    if not table.exists():
        return
    before = set(read_table(table).get("source", pd.Series([pairs])))
    if before != {pairs}:
        raise InputError(
            f"{table.parent} holds the table of {', '.join(sorted(map(str, before)))}; give that of {pairs} "
            f"another name with --name."
        )


def layout_of(folder: Path) -> str:
    """The source that reads a folder: ``folders`` if it has render/ or line/, else ``sheets``."""
    named = any((folder / kind).is_dir() for kind in folders.KINDS)
    return folders.NAME if named else sheets.NAME


def read_folder(folder: Path, settings: Params, out: Path) -> Found:
    """Make pairs of the pictures of a folder, at the size the models know.

    Raises:
        InputError: if it has the layout of no source.
    """
    wanted = IngestSettings(layout_of(folder), str(folder), None, settings.ingest.size)
    drawings, refused = list_drawings(wanted)
    with Workers(settings.pipelines.workers) as workers:
        made = workers.map("ingest", make_pairs, drawings, wanted, out)
    _, left_out = write_ingest(out, [*refused, *made], wanted)
    return Found(read_pairs(out / "pairs.csv"), out, left_out)


def write_shards(found: Found, settings: Params, place: Path) -> Judgement:
    """Check the pairs and write those that pass, untouched, as shards.

    Raises:
        InputError: if no pair passes.
    """
    with Workers(settings.pipelines.workers) as workers:
        rows = workers.map("qa", check_pairs, found.pairs, found.folder, settings.qa)
        judged = judge(found.pairs, rows, settings.qa)
        write_judgement(place / "checked", judged)
        accepted = read_pairs(place / "checked" / "pairs.csv")
        parts = [accepted[start : start + DRAWINGS] for start in range(0, len(accepted), DRAWINGS)]
        alone, data = AugmentSettings(children=0), place / "augmented"
        split = settings.evaluate.split  # the one that is scored
        jobs = [
            (shard_name(split, number), part, split, found.folder, data, alone)
            for number, part in enumerate(parts)
        ]
        made = workers.run("shards", make_shard, jobs, [len(part) for part in parts])
    write_children(data, [child for shard in made for child in shard])
    return judged


def markdown(title: str, frame: pd.DataFrame, said: Sequence[str]) -> str:
    """The table for people who read files."""
    notes = [f"- {sentence}" for sentence in said]
    return "\n".join(
        [f"# On other pairs: {title}", "", *table(frame, shown_columns()), "", *notes, ""]
    )


def _counts(source: Path, found: Found, judged: Judgement) -> list[str]:
    """Where the pairs came from, and how many of them are in the table."""
    said = [
        f"{len(judged.accepted)} pairs of `{source.name}`, whole and untouched; no model was trained or "
        f"tuned for this table."
    ]
    if found.refused or len(judged.quarantined):
        said.append(
            f"Left out: {found.refused} that could not be read, and {len(judged.quarantined)} that failed a "
            f"check."
        )
    return said
