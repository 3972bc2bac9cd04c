"""`review push`: the queue becomes tasks in Label Studio. What is there already is left alone.

A task is known by its pair and the pair's content, so that a push can be repeated, after a kill, too: it
adds what is missing. Tasks travel in small batches, each whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dataset_tools.review.client import Server
from dataset_tools.review.labels import config, defects
from dataset_tools.review.pictures import FOLDER, draw, send
from dataset_tools.review.queue import Chosen, choose
from dataset_tools.review.settings import ReviewSettings
from dataset_tools.review.state import State
from dataset_tools.review.tasks import findings_of, key_of, task_of

BATCH = 25  # tasks a request


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
        FOLDER.mkdir(parents=True, exist_ok=True)
        server.serve_folder(project, str(FOLDER.resolve()))
    there = {key_of(task["data"]) for task in server.tasks(project)}
    new = [chosen for chosen in queue if (chosen.id, state.contents[chosen.id]) not in there]
    make = task_maker(state, settings)
    progress(0, len(new))
    for start in range(0, len(new), BATCH):
        some = new[start : start + BATCH]
        server.add(project, [make(chosen) for chosen in some])
        progress(start + len(some), len(new))
    known = len(queue) - len(new)
    return f"{len(new)} pairs brought to review, {known} were there already; {server.url}/projects/{project}"


def queue_of(state: State, settings: ReviewSettings) -> list[Chosen]:
    """The pairs that :func:`push` brings: those without a verdict on their pictures of today."""
    judged = {review.id for review in state.valid}
    queue = choose(state.findings, state.doubts, settings.queue, leave_out=judged)
    return [chosen for chosen in queue if chosen.id in state.pairs]


def task_maker(state: State, settings: ReviewSettings) -> Callable[[Chosen], dict[str, Any]]:
    """A function that makes the task of a chosen pair, its pictures drawn and sent."""
    names = list(defects())
    rows = {str(row["id"]): row for row in state.findings.to_dict("records")}
    folder = state.data / "pairs"

    def make(chosen: Chosen) -> dict[str, Any]:
        pair, content = state.pairs[chosen.id], state.contents[chosen.id]
        found = findings_of({str(k): v for k, v in rows[chosen.id].items()}, names)
        boxes = [box for _, _, some in found for box in some]
        drawn = draw(pair, folder, boxes, settings.pictures.size)
        addresses = send(drawn, chosen.id, content, settings.pictures.travel)
        return task_of(chosen, content, (pair.width, pair.height), found, addresses)

    return make
