"""`review push`: the queue becomes tasks in Label Studio. What is there already is left alone.

A task is known by its pair and the pair's content, so that a push can be repeated, after a kill, too: it
adds what is missing. Tasks travel in batches, each whole or not at all; while one is on its way, the
pictures of the next are drawn.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from dataset_tools.review.client import Server
from dataset_tools.review.labels import config, defects
from dataset_tools.review.pictures import draw, send
from dataset_tools.review.queue import Chosen, choose
from dataset_tools.review.settings import ReviewSettings
from dataset_tools.review.state import State
from dataset_tools.review.tasks import PICTURES, findings_of, key_of, task_of

BATCH = 100  # tasks a request, at most
# characters of pictures from which a request has enough; Label Studio takes 250 MB
HEAVY = 32 * 2**20
AHEAD = 50  # tasks that are made before they are asked for

Maker = Callable[[Chosen], dict[str, Any]]


def push(
    state: State,
    settings: ReviewSettings,
    server: Server,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> str:
    """Bring the pairs worth a person's time to Label Studio; returns what was done, in a line.

    Raises:
        InputError: if a table or picture cannot be read, or the server fails; a repeated push goes on.
    """
    queue = queue_of(state, settings)
    project = server.make_project(settings.project, config())
    if settings.pictures.travel == "files":
        server.show_files(project, state.shown)
    there = {key_of(task["data"]) for task in server.tasks(project)}
    new = [chosen for chosen in queue if (chosen.id, state.contents[chosen.id]) not in there]
    done = 0
    progress(done, len(new))
    for tasks in batches(made(new, task_maker(state, settings))):
        server.add(project, tasks)
        done += len(tasks)
        progress(done, len(new))
    known = len(queue) - len(new)
    return f"{len(new)} pairs brought to review, {known} were there already; {server.url}/projects/{project}"


def queue_of(state: State, settings: ReviewSettings) -> list[Chosen]:
    """The pairs that :func:`push` brings: those without a verdict on their pictures of today."""
    judged = {review.id for review in state.valid}
    queue = choose(state.findings, state.doubts, settings.queue, leave_out=judged)
    return [chosen for chosen in queue if chosen.id in state.pairs]


def made(queue: Sequence[Chosen], make: Maker) -> Iterator[dict[str, Any]]:
    """The tasks of a queue in its order, made on all cores and some before they are asked for."""
    # Threads do: what takes the time (PNG, arrays) runs beside Python.
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        rest = iter(queue)
        waiting = deque(pool.submit(make, chosen) for chosen in islice(rest, AHEAD))
        while waiting:
            task = waiting.popleft().result()
            waiting.extend(pool.submit(make, chosen) for chosen in islice(rest, 1))
            yield task
    finally:
        pool.shutdown(cancel_futures=True)


def batches(tasks: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Tasks as they travel together: at most :data:`BATCH`, fewer when their pictures are heavy."""
    batch: list[dict[str, Any]] = []
    weight = 0
    for task in tasks:
        batch.append(task)
        weight += sum(len(task["data"][name]) for name in PICTURES)
        if len(batch) == BATCH or weight >= HEAVY:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch


def task_maker(state: State, settings: ReviewSettings) -> Maker:
    """A function that makes the task of a chosen pair, its pictures drawn and sent."""
    names = list(defects())
    rows = {str(row["id"]): row for row in state.findings.to_dict("records")}
    pairs, contents, folder = state.pairs, state.contents, state.data / "pairs"

    def make(chosen: Chosen) -> dict[str, Any]:
        pair, content = pairs[chosen.id], contents[chosen.id]
        found = findings_of({str(k): v for k, v in rows[chosen.id].items()}, names)
        boxes = [box for _, _, some in found for box in some]
        drawn = draw(pair, folder, boxes, settings.pictures.size)
        addresses = send(drawn, chosen.id, content, settings.pictures.travel, state.shown)
        return task_of(chosen, content, (pair.width, pair.height), found, addresses)

    return make
