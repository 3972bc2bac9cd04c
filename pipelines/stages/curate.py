"""The stage `curate`: what people decided in review, applied to the checked pairs, in `data/curated`."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from dataset_tools.review.curate import curate as apply
from dataset_tools.review.curate import write_curated
from dataset_tools.review.verdicts import FILE as REVIEWS
from dataset_tools.review.verdicts import read_reviews
from lineart.sets.pairs import read_table
from pipelines.params import FILE, read_params


@flow(name="curate")
def curate(
    params: str = FILE,
    checked: str = "data/checked",
    reviews: str = REVIEWS,
    out: str = "data/curated",
) -> str:
    """Let people's verdicts overrule the checks; returns what came of it, in a line."""
    read_params(params)
    folder = Path(checked)
    verdicts = read_reviews(Path(reviews))
    curated = apply(
        read_table(folder / "pairs.csv"), read_table(folder / "quarantine.csv"), verdicts
    )
    write_curated(Path(out), curated)
    told = curated.summary
    words = f"{told['pairs']} pairs left, {told['reviewed']} of all seen by a person"
    if told["void verdicts"]:
        number = told["void verdicts"]
        said = "1 verdict is" if number == 1 else f"{number} verdicts are"
        words += f"; {said} void, see {Path(out) / 'void.csv'}"
    return words
