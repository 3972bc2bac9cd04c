"""The data set's card: Markdown with the YAML header that Hugging Face reads.

Header: https://github.com/huggingface/hub-docs/blob/main/datasetcard.md. The sections are those of the
data statement it asks for; every figure comes from the tables.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from dataset_tools.report import counts
from dataset_tools.report.catalogue import catalogue
from dataset_tools.report.software import software
from dataset_tools.report.tables import DataSet
from dataset_tools.report.words import about
from lineart.pictures.images import write_text

SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
SPLITS = {"train": "train", "val": "validation", "test": "test"}  # ours -> theirs
# What Markdown or HTML would take for more than a letter.
MARKUP = re.compile(r"([\\`*_\[\]|<>~&])")


def write_card(out: Path, data: DataSet) -> None:
    """Write the card. The same tables, the same bytes."""
    text = (
        environment()
        .get_template("card.md.j2")
        .render(
            header=yaml.safe_dump(header(data), sort_keys=False, allow_unicode=True),
            about=about(data),
            steps=counts.funnel(data),
            reasons=counts.reasons(data),
            titles=catalogue(data.checks),
            checks=counts.check_counts(data),
            origins=counts.origins(data),
            splits=[
                (name, part["cluster"].nunique(), len(part), _children(data, name))
                for name, part in data.splits.items()
            ],
            sizes=_sizes(data),
            stroke=_range(data, "stroke_width", 1),
            coverage=_range(data, "coverage", 100),
            duplicates=data.duplicates["kind"].value_counts().to_dict(),
            version=data.version,
            digests=data.digests,
            software=software(),
        )
    )
    write_text(out, text)


def environment() -> Environment:
    """The template. What comes from files goes through :func:`plain`, for Markdown has no autoescape."""
    found = Environment(
        loader=PackageLoader("dataset_tools.report", "page"),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters["plain"] = plain
    return found


def plain(text: object) -> str:
    """Text that Markdown shows as it is, on one line.

    >>> plain("<b>|*Ann*")
    '\\\\<b\\\\>\\\\|\\\\*Ann\\\\*'
    """
    return MARKUP.sub(r"\\\1", " ".join(str(text).split()))


def header(data: DataSet) -> dict[str, Any]:
    """The header: what search and the viewer of Hugging Face go by."""
    # "other" is their word for none of the known ones.
    licenses = sorted({item.license.lower() or "other" for item in counts.origins(data)})
    return {
        "pretty_name": "Line art pairs",
        "license": licenses[0] if len(licenses) == 1 else licenses,
        "task_categories": ["image-to-image"],
        "tags": ["line-art", "sketch", "edge-detection", "image-pairs", "webdataset"],
        "size_categories": [
            next((name for limit, name in SIZES if len(data.children) < limit), "1M<n<10M")
        ],
        "configs": [
            {
                "config_name": "default",
                "data_files": [
                    {"split": SPLITS[name], "path": f"data/augmented/{name}-*.tar"}
                    for name in data.splits
                ],
            }
        ],
        "dataset_info": {
            "config_name": "default",
            "features": [
                {"name": "__key__", "dtype": "string"},
                {"name": "json", "dtype": "string"},
                {"name": "line.png", "dtype": "image"},
                {"name": "render.png", "dtype": "image"},
            ],
            "splits": [
                {"name": SPLITS[name], "num_examples": _children(data, name)}
                for name in data.splits
            ],
        },
    }


def _children(data: DataSet, split: str) -> int:
    return int((data.children["split"] == split).sum())


def _sizes(data: DataSet) -> str:
    longest = data.kept[["width", "height"]].max(axis=1)
    low, high = int(longest.min()), int(longest.max())
    return f"{low}" if low == high else f"{low} to {high}"


def _range(data: DataSet, column: str, unit: int) -> str:
    low, middle, high = (unit * data.kept[column].quantile(part) for part in (0.05, 0.5, 0.95))
    return f"{middle:.1f} ({low:.1f} to {high:.1f})"
