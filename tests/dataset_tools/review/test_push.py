"""How tasks are made and travel; with a server in test_server."""

from itertools import islice
from typing import Any

import pytest

from dataset_tools.review import push as pushing
from dataset_tools.review.push import batches, made
from dataset_tools.review.queue import Chosen
from lineart.errors import InputError

QUEUE = [Chosen(str(number), "checks", 1.0) for number in range(9)]


def task(*weights: int) -> dict[str, Any]:
    names = ("render", "line", "overlay")
    return {"data": {name: "x" * weight for name, weight in zip(names, weights, strict=True)}}


def test_tasks_come_in_the_order_of_the_queue() -> None:
    assert list(made(QUEUE, lambda chosen: {"id": chosen.id})) == [{"id": c.id} for c in QUEUE]
    assert list(made([], lambda chosen: {})) == []


def test_no_more_tasks_are_made_than_are_soon_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "AHEAD", 2)
    seen: list[str] = []
    tasks = made(QUEUE, lambda chosen: seen.append(chosen.id) or {})  # type: ignore[func-returns-value]
    assert len(list(islice(tasks, 3))) == 3
    tasks.close()  # type: ignore[attr-defined]
    assert set(seen) <= {"0", "1", "2", "3", "4"}


def test_a_task_that_cannot_be_made_ends_it() -> None:
    def fail(chosen: Chosen) -> dict[str, Any]:
        raise InputError("There is no picture.")

    with pytest.raises(InputError, match="There is no picture"):
        list(made(QUEUE, fail))


def test_a_request_holds_so_many_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "BATCH", 4)
    assert [len(batch) for batch in batches(task(1, 1, 1) for _ in range(9))] == [4, 4, 1]
    assert list(batches([])) == []


def test_a_request_of_heavy_tasks_holds_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "HEAVY", 100)
    tasks = [task(20, 20, 20), task(20, 20, 0), task(200, 0, 0), task(0, 0, 99), task(1, 0, 0)]
    assert [len(batch) for batch in batches(tasks)] == [2, 1, 2]
