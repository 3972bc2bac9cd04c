"""The stage `dataset`: all tables of the data → page, card and Croissant description in `reports`."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from dataset_tools.report.card import write_card
from dataset_tools.report.catalogue import limits_of
from dataset_tools.report.croissant import write_croissant
from dataset_tools.report.html import summary, write_page
from dataset_tools.report.tables import Folders, read_dataset
from pipelines.params import FILE, read_params

PAGE, CARD, CROISSANT = "dataset.html", "dataset-card.md", "croissant.json"


@flow(name="dataset")
def dataset(
    params: str = FILE, data: str = "data", results: str = "docs/results", out: str = "reports"
) -> str:
    """Write what a curator looks at, and what travels with the data; returns the result in a sentence."""
    settings, folder = read_params(params), Path(out)
    found = read_dataset(Folders.below(Path(data), Path(results)))
    write_card(folder / CARD, found)
    write_croissant(folder / CROISSANT, found)
    write_page(folder / PAGE, found, settings.dataset, limits_of(settings.qa.checks))
    return summary(found)
