"""What the card and the Croissant description both say of the data set."""

from __future__ import annotations

from dataset_tools.report.tables import DataSet

NAME = "line-art-pairs"


def about(data: DataSet) -> str:
    """The data set in two sentences, without markup."""
    counts = ", ".join(f"{len(part):,} {name}" for name, part in data.splits.items())
    return (
        f"Pairs of a finished drawing and its line art: {len(data.kept):,} checked drawings ({counts}), with "
        f"their augmented children {len(data.children):,} pairs. Every pair went through the "
        f"{len(data.checks)} checks of one catalogue, and "
        f"drawings were split by cluster before any child was made."
    )
