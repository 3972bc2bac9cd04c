import dataclasses
from collections.abc import Callable

import pytest

from dataset_tools.report import counts
from dataset_tools.report.tables import DataSet

HOSTILE = '<script>alert("x")\'&'
ARTIST = "Ann <b>& 'Sons'</b> | \"Co\""


def test_the_outcomes_add_up_to_what_was_delivered(data: DataSet) -> None:
    steps = counts.funnel(data)
    found = {step.name: step.count for step in steps}
    assert found == {"accepted": 3, "doubted": 1, "quarantined": 2, "refused": 1}
    assert sum(step.share for step in steps) == pytest.approx(1)


def test_the_outcomes_after_review(curated: Callable[[], DataSet]) -> None:
    found = {step.name: step.count for step in counts.funnel(curated())}
    assert found == {"accepted": 3, "doubted": 1, "quarantined": 2, "refused": 1}
    assert dict(counts.reasons(curated())) == {"decodes": 1, "review": 1}


def test_reasons_come_by_number_then_name(data: DataSet) -> None:
    assert counts.reasons(data) == [("decodes", 1), ("shift", 1)]


def test_the_pairs_of_an_artist_are_counted_by_licence(data: DataSet) -> None:
    known, unknown = counts.origins(data)
    assert (known.artist, known.license, known.pairs, known.kept) == (ARTIST, "CC-BY-4.0", 4, 4)
    assert (unknown.license, unknown.pairs, unknown.kept) == ("", 2, 0)


def test_files_are_told_by_what_they_are(data: DataSet) -> None:
    line, render = counts.formats(data)
    assert (line.role, line.format, line.mode, line.bits) == ("line", "PNG", "LA", "16")
    assert (line.sizes, line.notes) == ("640 × 480", "1 with transparency")
    assert (render.files, render.bytes, render.sizes) == (2, 1_500_000, "64 × 64 to 640 × 480")
    assert render.notes == "2 lossy, 1 with a colour profile, 1 turned by EXIF"


def test_no_raster_file_is_no_row(data: DataSet) -> None:
    vectors = dataclasses.replace(data, files=data.files[:0])
    assert counts.formats(vectors) == []


def test_what_each_check_found(data: DataSet) -> None:
    decodes, shift, alpha, near = counts.check_counts(data)
    assert (shift.examined, shift.doubt, shift.quarantine, shift.noted) == (5, 1, 1, 0)
    assert shift.share == pytest.approx(0.4)
    assert (decodes.examined, decodes.quarantine) == (6, 1)
    assert (alpha.share, alpha.noted) == (0, 1)
    assert near.share == 0


def test_the_worst_comes_first_and_a_note_is_no_fault(data: DataSet) -> None:
    found = counts.found_by(data, "shift")
    assert found["id"].tolist() == ["shifted", HOSTILE]
    assert found["score"].tolist() == [0.25, 0.75]
    assert found["where"].tolist() == ["20 16 30 32;0 0 4 4", "8 8 4 4"]
    assert found["fix"].tolist() == ["move it", ""]
    assert counts.found_by(data, "alpha").empty
    assert counts.found_by(data, "alpha", noted=True)["id"].tolist() == ["plain"]


def test_strata_and_where_they_went(data: DataSet) -> None:
    # Strokes of 2 and 4 pixels, coverage 0.1 and 0.2, two drawings each: two strata.
    thin, wide, total = counts.balance(data)
    assert (thin.name, thin.drawings) == ("thin, sparse", 2)
    assert thin.counts == {"train": 1, "val": 1, "test": 0}
    assert wide.counts == {"train": 1, "val": 0, "test": 1}
    assert total.counts == {"train": 2, "val": 1, "test": 1}
    assert total.shares == {"train": 0.5, "val": 0.25, "test": 0.25}
