"""The benchmark of scale-out divides by the time of the processes. Its times are no test's business."""

import importlib
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_times_are_parts_of_those_of_the_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    scale_out = importlib.import_module("scale_out")
    processes = {"ingest": 2.0, "qa": 4.0, "split": 1.0, "augment": 3.0}
    twice = {stage: 2 * seconds for stage, seconds in processes.items()}
    rows = {scale_out.PROCESSES: processes, scale_out.RUNNING: {**twice, "qa": 3.0}}
    last = scale_out.document(12, 64, 2, 3, rows).splitlines()[-1]
    cells = [cell.strip() for cell in last.strip("|").split("|")]
    assert cells[0] == "Dask, running already"
    assert cells[1:] == ["2.00 (4.0)", "0.75 (3.0)", "2.00 (2.0)", "2.00 (6.0)", "1.50 (15.0)"]
