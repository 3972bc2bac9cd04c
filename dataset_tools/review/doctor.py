"""`review doctor`: whether everything review needs is there; each problem comes with its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dataset_tools.advice import Advice, look
from dataset_tools.review.client import Server, address_of, token_of
from dataset_tools.review.labels import config
from dataset_tools.review.pictures import way_of
from dataset_tools.review.settings import ReviewSettings
from dataset_tools.review.state import State
from lineart.errors import InputError


def examine(state: State, settings: ReviewSettings, environment: Mapping[str, str]) -> list[Advice]:
    """Look at everything in the order in which it is needed; stops where nothing further can be known.

    Makes nothing on the server but the project's own page, and no verdict is touched.
    """
    tables = look("tables", lambda: _tables(state))
    address = look("address", lambda: address_of(environment))
    token = look("token", lambda: token_kind(token_of(environment)))
    seen = [tables, address, token]
    if not (address.fine and token.fine):
        return seen
    try:
        server = Server(environment)
    except InputError as error:
        return [*seen, Advice("server", False, str(error))]
    with server:
        words = f"Label Studio {server.version}, you are {server.user.email}"
        seen.append(Advice("server", True, words))
        try:
            project = server.make_project(settings.project, config())
            words = f"'{settings.project}' holds {server.size(project)} tasks"
        except InputError as error:
            return [*seen, Advice("project", False, str(error))]
        seen.append(Advice("project", True, words))
        if tables.fine:  # without them there is nothing to show
            way = look("pictures", lambda: _pictures(server, project, settings, state.shown))
            seen.append(way)
    return seen


def token_kind(token: str) -> str:
    """What kind of token this is, in words: personal or legacy."""
    return "personal access token" if token.count(".") == 2 else "legacy token"


def _pictures(server: Server, project: int, settings: ReviewSettings, folder: Path) -> str:
    if settings.pictures.travel == "files":
        server.show_files(project, folder)
    return way_of(settings.pictures, folder)


def _tables(state: State) -> str:
    words = f"{len(state.findings)} checked pairs, {len(state.reviews)} verdicts"
    return words + ("" if state.doubts is None else f", {len(state.doubts)} asked of a network")
