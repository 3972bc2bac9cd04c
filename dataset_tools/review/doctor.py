"""`review doctor`: whether everything review needs is there; each problem comes with its remedy."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dataset_tools.review.client import TOKEN, URL, Server
from dataset_tools.review.labels import config
from dataset_tools.review.pictures import FOLDER, LOCAL, way_of
from dataset_tools.review.settings import ReviewSettings
from dataset_tools.review.state import State
from lineart.errors import InputError
from lineart.images import encode_png, write_bytes


@dataclass(frozen=True)
class Advice:
    """One thing that was looked at."""

    what: str
    fine: bool
    words: str  # what was seen; if not fine, what to do


def examine(state: State, settings: ReviewSettings, environment: Mapping[str, str]) -> list[Advice]:
    """Look at everything in the order in which it is needed; stops where nothing further can be known.

    Makes nothing on the server but the project's own page, and no verdict is touched.
    """
    seen = [Advice("address", bool(environment.get(URL)), environment.get(URL) or f"set {URL}")]
    kind = token_kind(environment.get(TOKEN, ""))
    seen.append(Advice("token", kind != "none", kind if kind != "none" else f"set {TOKEN}"))
    try:
        server = Server(environment)
    except InputError as error:
        return [*seen, Advice("server", False, str(error))]
    with server:
        words = f"Label Studio {server.version}, you are {server.user.email}"
        seen.append(Advice("server", True, words))
        try:
            project = server.make_project(settings.project, config())
            number = sum(1 for _ in server.tasks(project))
            seen.append(Advice("project", True, f"'{settings.project}' holds {number} tasks"))
            seen.append(_pictures(server, project, settings))
        except InputError as error:
            seen.append(Advice("project", False, str(error)))
    seen.append(_tables(state))
    return seen


def token_kind(token: str) -> str:
    """What kind of token this is, in words: none, personal or legacy."""
    if not token:
        return "none"
    return "personal access token" if token.count(".") == 2 else "legacy token"


def _pictures(server: Server, project: int, settings: ReviewSettings) -> Advice:
    way, needs = way_of(settings.pictures)
    if settings.pictures.travel != "files":
        return Advice("pictures", True, f"{way}; this needs {needs}")
    probe = FOLDER / f"probe-{uuid.uuid4().hex[:8]}.png"
    try:
        write_bytes(probe, encode_png(np.ones((1, 1), np.float32)))
        server.serve_folder(project, str(FOLDER.resolve()))
        fine = server.reads(f"{LOCAL}{FOLDER.name}/{probe.name}")
    except InputError as error:
        return Advice("pictures", False, f"{error} Pictures {way} need {needs}.")
    finally:
        probe.unlink(missing_ok=True)
    return Advice("pictures", fine, way if fine else f"not seen by the server; this needs {needs}")


def _tables(state: State) -> Advice:
    try:
        words = f"{len(state.findings)} checked pairs, {len(state.reviews)} verdicts"
        words += "" if state.doubts is None else f", {len(state.doubts)} asked of a network"
        return Advice("tables", True, words)
    except InputError as error:
        return Advice("tables", False, str(error))
