"""The stages over drawings on this machine's processes and on a Dask cluster: the same bytes, and the time.

    python benchmarks/scale_out.py [--count 256] [--size 256] [--workers 2] [--rounds 3]

Ingest (OpenMoji), qa, split and augment on three sides: worker processes; a Dask cluster that each stage
starts for itself (`pipelines.dask: null`); and one that is running already (`pipelines.dask: ADDRESS`), as a
remote one would be. The sides take turns, and the median of the rounds is told. The Prefect server is started
before the clock. Writes the table of docs/scale-out.md.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import shutil
import statistics
import tempfile
import time
from itertools import product
from pathlib import Path
from typing import Any

from pipelines import runtime

DOCUMENT = Path("docs", "scale-out.md")
BEGIN = "<!-- scale-out: written by `python benchmarks/scale_out.py` -->"
END = "<!-- end of scale-out -->"
STAGES = ("ingest", "qa", "split", "augment")
PROCESSES, STARTED, RUNNING = "processes", "Dask, started by the stage", "Dask, running already"
WAYS = (PROCESSES, STARTED, RUNNING)


def digests(folder: Path) -> dict[str, str]:
    """Every file below a folder, by name."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def road(root: Path, params: dict[str, Any]) -> dict[str, float]:
    """Run the stages below a folder; seconds by stage."""
    import yaml

    from pipelines.params import PipelinesSettings
    from pipelines.stages.augment import augment
    from pipelines.stages.ingest import ingest
    from pipelines.stages.qa import qa
    from pipelines.stages.split import split
    from pipelines.workers.runner import with_runner

    root.mkdir()
    file = root.parent / f"{root.name}.yaml"
    file.write_text(yaml.safe_dump(params))
    settings = PipelinesSettings(**params["pipelines"])
    at = {name: str(root / name) for name in ("pairs", "checked", "splits", "augmented")}
    seconds = {}

    def timed(flow: Any, **places: str) -> None:
        started = time.perf_counter()
        with_runner(flow, settings)(params=str(file), **places)
        seconds[flow.name] = time.perf_counter() - started

    timed(ingest, out=at["pairs"])
    timed(qa, pairs=at["pairs"], out=at["checked"])
    checked = at["checked"]
    timed(split, curated=checked, checked=checked, pairs=at["pairs"], out=at["splits"])
    workbench = str(root.parent / f"{root.name}-workbench")
    timed(augment, splits=at["splits"], pairs=at["pairs"], out=at["augmented"], workbench=workbench)
    return seconds


def document(
    count: int, size: int, workers: int, rounds: int, rows: dict[str, dict[str, float]]
) -> str:
    """The table, and what it says."""
    lines = [
        f"{count} OpenMoji drawings at {size} x {size}, {workers} workers, {os.cpu_count()} cores. Every "
        f"file is the same on all sides. Times as parts of those of the processes (seconds), medians of "
        f"{rounds}.",
        "",
        f"| | {' | '.join(STAGES)} | together |",
        f"|{' --- |' * (len(STAGES) + 2)}",
    ]
    base = rows[PROCESSES]
    for way, seconds in rows.items():
        pairs = [(seconds[stage], base[stage]) for stage in STAGES]
        pairs.append((sum(seconds.values()), sum(base.values())))
        cells = [f"{spent / one:.2f} ({spent:.1f})" for spent, one in pairs]
        lines.append(f"| {way} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=256)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PREFECT_HOME"] = str(Path(folder, "prefect"))
        runtime.prepare()

        from pipelines.report.marked import write_between
        from pipelines.road.server import prefect_server

        ingest = {"source": "openmoji", "count": options.count, "size": options.size}
        params = {"ingest": ingest, "augment": {"children": 1}}
        rounds: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        expected: dict[str, str] = {}
        with prefect_server():
            from distributed import LocalCluster

            from pipelines.workers.dask import local

            for number, way in product(range(options.rounds), WAYS):
                how: dict[str, Any] = {"workers": options.workers}
                how |= {} if way == PROCESSES else {"runner": "dask"}
                root = Path(folder, f"{number}-{WAYS.index(way)}")
                with contextlib.ExitStack() as stack:
                    if way == RUNNING:
                        cluster = stack.enter_context(LocalCluster(**local(options.workers)))
                        how["dask"] = cluster.scheduler_address
                    rounds[way].append(road(root, {**params, "pipelines": how}))
                print(way, rounds[way][-1], flush=True)
                files = digests(root)
                expected = expected or files
                other = sorted(files.items() ^ expected.items())
                assert not other, f"'{way}' made another {other[0][0]}"
                shutil.rmtree(root)
    rows = {
        way: {stage: statistics.median(each[stage] for each in made) for stage in STAGES}
        for way, made in rounds.items()
    }
    text = document(options.count, options.size, options.workers, options.rounds, rows)
    write_between(DOCUMENT, BEGIN, END, text)
    print(text)


if __name__ == "__main__":
    main()
