"""The stages on a Dask cluster: two workers of this machine and a Prefect server, both started once."""

import hashlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import dask.config
import distributed
import numpy as np
import pytest
import yaml
from prefect import flow
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

from lineart.errors import InputError
from lineart.pictures.images import write_line, write_render
from pipelines.params import PipelinesSettings
from pipelines.road.server import prefect_server
from pipelines.stages.augment import augment
from pipelines.stages.ingest import ingest
from pipelines.stages.qa import qa
from pipelines.stages.split import split
from pipelines.workers import chunks, processes
from pipelines.workers import dask as dask_runner
from pipelines.workers.chunks import Workers
from pipelines.workers.runner import with_runner

Draw = Callable[[int], tuple[np.ndarray, np.ndarray]]


@pytest.fixture(scope="module")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("prefect")
        patch.setenv("PREFECT_HOME", str(home))
        patch.delenv("PREFECT_API_URL", raising=False)
        settings: Any = {PREFECT_HOME: home}
        with prefect_server() as server:
            settings[PREFECT_API_URL] = server.url
            with temporary_settings(settings):
                yield server.url


@pytest.fixture(scope="module")
def address(prefect: str) -> Iterator[str]:
    options = dask_runner.local(2)
    # A worker that dies once is one too many, so that the test need not wait for four.
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(**options) as cluster,
    ):
        yield cluster.scheduler_address


@pytest.fixture
def on_dask(address: str) -> PipelinesSettings:
    return PipelinesSettings(workers=2, runner="dask", dask=address)


def where(chunk: list[int]) -> list[tuple[int, str, str]]:
    return [(os.getpid(), os.getcwd(), os.environ["OMP_NUM_THREADS"]) for _ in chunk]


def refuse(chunk: list[int]) -> list[int]:
    if 70 in chunk:
        raise InputError("Number 70 is not wanted.")
    return chunk


def die(chunk: list[int]) -> list[int]:
    os.kill(os.getpid(), signal.SIGKILL)
    return chunk


@flow(name="numbers")
def numbers(function: Callable[[list[int]], list[Any]], count: int) -> list[Any]:
    with Workers(1) as workers:
        return workers.map("numbers", function, range(count))


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def road(root: Path, params: dict[str, Any]) -> dict[str, str]:
    """All stages that map over drawings; every file with its digest."""
    file = root / "params.yaml"
    file.parent.mkdir()
    file.write_text(yaml.safe_dump(params))
    settings = PipelinesSettings(**params["pipelines"])
    places = {name: str(root / name) for name in ("pairs", "checked", "splits", "augmented")}
    with_runner(ingest, settings)(params=str(file), out=places["pairs"])
    with_runner(qa, settings)(params=str(file), pairs=places["pairs"], out=places["checked"])
    with_runner(split, settings)(
        params=str(file),
        curated=places["checked"],
        checked=places["checked"],
        pairs=places["pairs"],
        out=places["splits"],
    )
    with_runner(augment, settings)(
        params=str(file),
        splits=places["splits"],
        pairs=places["pairs"],
        out=places["augmented"],
        workbench=str(root / "workbench"),
    )
    file.unlink()
    return files(root)


def test_the_same_bytes_come_out(
    prefect: str, address: str, draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "SMALLEST", 4)  # three tasks, so that both workers have some
    for seed in range(12):
        render, line = draw(seed)
        write_render(tmp_path / f"drawings/render/d{seed:02d}.png", render)
        write_line(tmp_path / f"drawings/line/d{seed:02d}.png", line)
    params = {
        "ingest": {"source": "folders", "folder": str(tmp_path / "drawings"), "size": 64},
        "augment": {"children": 1},
        "pipelines": {"workers": 1},
    }
    with monkeypatch.context() as patch:
        patch.setattr(processes, "start", ThreadPoolExecutor)  # without the seconds of its start
        here = road(tmp_path / "here", params)
    there = road(
        tmp_path / "there",
        {**params, "pipelines": {"workers": 1, "runner": "dask", "dask": address}},
    )
    assert len([name for name in here if name.startswith("pairs/render/")]) == 12
    assert len([name for name in here if name.endswith(".tar")]) >= 3
    assert there == here


def test_the_work_is_done_by_the_workers(
    on_dask: PipelinesSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    found = with_runner(numbers, on_dask)(where, 300)
    assert len(found) == 300
    places = set(found)
    assert os.getpid() not in {process for process, _, _ in places}
    assert {(folder, threads) for _, folder, threads in places} == {(str(tmp_path), "1")}


def test_an_error_keeps_its_words(on_dask: PipelinesSettings) -> None:
    with pytest.raises(InputError, match=r"^Number 70 is not wanted\.$"):
        with_runner(numbers, on_dask)(refuse, 130)


def test_a_worker_that_dies_ends_in_a_sentence(on_dask: PipelinesSettings) -> None:
    with pytest.raises(InputError, match=r"A worker died while it was busy with 'numbers'.*memory"):
        with_runner(numbers, on_dask)(die, 3)


def test_a_process_that_dies_ends_in_the_same_sentence() -> None:
    with pytest.raises(InputError, match="A worker died while it was busy with 'x'"):  # noqa: SIM117
        with Workers(1) as workers:
            workers.map("x", die, range(3))


def test_nobody_answers(prefect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_runner, "START_SECONDS", 1)
    settings = PipelinesSettings(runner="dask", dask="tcp://127.0.0.1:1")
    with pytest.raises(InputError, match=r"No Dask scheduler .* answers at tcp://127\.0\.0\.1:1;"):
        with_runner(numbers, settings)(where, 3)


@pytest.mark.parametrize("url", ["http://127.0.0.1:4200/api", "http://localhost:4200/api", None])
def test_distant_workers_need_a_prefect_they_can_reach(
    url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    if url is not None:
        monkeypatch.setenv("PREFECT_API_URL", url)
    with pytest.raises(InputError, match=r"cannot reach the Prefect server.*set PREFECT_API_URL"):
        dask_runner.cluster(2, "tcp://cluster.example.org:8786")
    monkeypatch.setenv("PREFECT_API_URL", "http://prefect.example.org:4200/api")
    assert dask_runner.cluster(2, "tcp://cluster.example.org:8786").address is not None


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pipelines.workers.dask")
    monkeypatch.delattr("pipelines.workers.dask", raising=False)
    monkeypatch.setitem(sys.modules, "prefect_dask", None)
    with pytest.raises(InputError, match=r"has no module prefect_dask: .* pip install .*\[dask\]"):
        with_runner(numbers, PipelinesSettings(runner="dask"))
    assert with_runner(numbers, PipelinesSettings()) is numbers


def test_a_worker_without_the_folder() -> None:
    with pytest.raises(
        InputError, match="has no folder /nowhere/project; make the project's folder"
    ):
        dask_runner.work(list, "/nowhere/project")
