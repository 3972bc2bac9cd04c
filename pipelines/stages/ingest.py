"""The stage `ingest`: artists' files → `data/pairs`."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from dataset_tools.sources import list_drawings, make_pairs, write_ingest
from pipelines.params import FILE, read_params
from pipelines.workers.chunks import Workers


@flow(name="ingest")
def ingest(params: str = FILE, out: str = "data/pairs") -> str:
    """Turn drawings into pairs; returns what came of it, in a line."""
    settings, folder = read_params(params), Path(out)
    drawings, refused = list_drawings(settings.ingest)
    with Workers(settings.pipelines.workers) as workers:
        made = workers.map("ingest", make_pairs, drawings, settings.ingest, folder)
    pairs, left_out = write_ingest(folder, [*refused, *made], settings.ingest)
    return f"{pairs} pairs from {', '.join(settings.ingest.shares)}, {left_out} drawings refused"
