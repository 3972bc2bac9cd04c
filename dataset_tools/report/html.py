"""The page of a data set: one HTML file that holds everything it shows and loads nothing.

It answers in the order in which a curator asks: how many drawings can be trusted, whose they are, what is
wrong with the others and where, what is there twice, what a model doubts, how the splits and the children
are. Its templates lie in `page` beside this file: one a section, with a style sheet and a script that
become part of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dataset_tools.report import charts, counts, exhibits
from dataset_tools.report.catalogue import Limits, catalogue
from dataset_tools.report.listing import listing
from dataset_tools.report.planted import alarms_of, planted, recall_of
from dataset_tools.report.settings import DatasetReportSettings
from dataset_tools.report.software import software
from dataset_tools.report.tables import DataSet
from dataset_tools.views.frame import environment
from lineart.pictures.images import write_text


def write_page(
    out: Path, data: DataSet, settings: DatasetReportSettings, limits: list[Limits]
) -> None:
    """Write ``out``, a self-contained page. The same tables and pictures, the same bytes.

    Args:
        out: the file. Links to pictures on disk are relative to its folder.
        data: all tables.
        settings: how many pictures are shown.
        limits: of the checks, see :func:`dataset_tools.report.catalogue.limits_of`.
    """
    album = exhibits.Album(data, settings.picture)
    worst = exhibits.worst_pairs(data, album, settings.worst)
    steps = counts.funnel(data)
    page = (
        environment(__package__)
        .get_template("page.html.j2")
        .render(
            summary=summary(data),
            steps=steps,
            delivered=sum(step.count for step in steps),
            reasons=counts.reasons(data),
            origins=counts.origins(data),
            formats=counts.formats(data),
            attribution=data.attribution,
            checks=counts.check_counts(data),
            titles=catalogue([*data.checks, *data.quarantine["check"]]),
            limits=limits,
            planted=planted(data.planted),
            recalls=recall_of(data.planted),
            alarms=alarms_of(data.alarms),
            found={check: len(counts.found_by(data, check)) for check in worst},
            worst=worst,
            refused=data.refused.to_dict("records"),
            duplicates=exhibits.duplicates(data, album, settings.duplicates),
            duplicates_total=len(data.duplicates),
            doubted=exhibits.doubted(data, album, settings.doubted),
            doubted_total=len(data.doubts),
            histograms=_histograms(data),
            balance=counts.balance(data),
            splits=_splits(data),
            left_out=data.left_out.to_dict("records"),
            families=exhibits.families(data, settings),
            drawings=listing(data, out.parent),
            version=data.version,
            digests=data.digests,
            software=software(),
        )
    )
    write_text(out, page)


def summary(data: DataSet) -> str:
    """The result in a sentence or two."""
    step = {step.name: step for step in counts.funnel(data)}
    delivered = sum(item.count for item in step.values())
    kept = step["accepted"].count + step["doubted"].count
    said = (
        f"Of {_number(delivered, 'drawing')} delivered, {kept:,} are kept: "
        f"{step['accepted'].count:,} accepted and {step['doubted'].count:,} in doubt. "
        f"{step['quarantined'].count:,} are in quarantine and {step['refused'].count:,} could not be read."
    )
    why = counts.reasons(data)
    if why:
        said += f" The check that refused most is {why[0][0]} ({_number(why[0][1], 'pair')})."
    return said


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _histograms(data: DataSet) -> list[tuple[str, str]]:
    """Titles and SVGs of the measures of all kept drawings and of each split."""
    wanted = (
        ("stroke_width", "Stroke width", "median width of the strokes, in pixels", 1),
        ("coverage", "Coverage", "ink, in % of the picture", 100),
    )
    split = data.kept["id"].map(data.split_of)
    found = []
    for column, title, across, unit in wanted:
        values = data.kept[column] * unit
        parts = {name: values[split == name].tolist() for name in data.splits}
        found.append((title, charts.histogram(values.tolist(), parts, across)))
    return found


def _splits(data: DataSet) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "clusters": part["cluster"].nunique(),
            "drawings": len(part),
            "pictures": int((data.children["split"] == name).sum()),
        }
        for name, part in data.splits.items()
    ]
