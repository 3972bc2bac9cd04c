"""The one place that speaks with a Label Studio server: a few calls, and each failure in a sentence.

Where the server is and the token stand in the environment (:data:`URL`, :data:`TOKEN`), never in
``params.yaml``, and the token is never printed. Both kinds of tokens are taken: personal access tokens
(the kind a new server hands out) and legacy ones; the SDK knows how to use either.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dataset_tools.review.pictures import LOCAL
from lineart.errors import InputError
from lineart.local import ask_directly
from lineart.pictures.images import write_bytes

try:
    import httpx
    from label_studio_sdk import LabelStudio
    from label_studio_sdk.core.api_error import ApiError
except ModuleNotFoundError as error:  # whoever opens a Server is told; the tables do without
    MISSING = error.name
else:
    MISSING = None

URL, TOKEN = "LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"
OLDEST = (1, 13)  # the page asks for what came with it
PATIENCE = 60.0  # seconds until a server is called slow
PAGE = 200  # tasks a request when they are listed


class Server:
    """A Label Studio server, known to answer and to accept the token; a context manager.

    Args:
        environment: where :data:`URL` and :data:`TOKEN` are looked up.

    Raises:
        InputError: if one of them is missing or none at all, the server does not answer, is too old, or
            refuses the token, or the extra `review` is not installed.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ):
        need_client()
        self.url, token = address_of(environment), token_of(environment)
        ask_directly()
        self._connection = httpx.Client(timeout=PATIENCE, follow_redirects=True)
        try:
            self._meet(token)
        except BaseException:
            self._connection.close()
            raise

    def _meet(self, token: str) -> None:
        with self._told():
            self._api = LabelStudio(base_url=self.url, api_key=token, httpx_client=self._connection)
            self.version = _version(self._api.versions.get())
        if _numbers(self.version) < OLDEST:
            wanted = ".".join(map(str, OLDEST))
            raise InputError(
                f"Label Studio at {self.url} is version {self.version}; {wanted} or later is needed."
            )
        with self._told():
            self.user = self._api.users.whoami()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """What went wrong with the server, in one sentence without the token."""
        try:
            yield
        except httpx.TimeoutException as error:
            raise InputError(
                f"Label Studio at {self.url} did not answer within {PATIENCE:.0f} seconds; nothing is lost, "
                f"run the same command again when it is less busy."
            ) from error
        except httpx.HTTPError as error:
            raise InputError(
                f"Label Studio at {self.url} cannot be reached ({error}); start it (`make label-studio`) or "
                f"set {URL}."
            ) from error
        except ApiError as error:
            raise InputError(self._answer(error)) from error
        except (TypeError, ValueError) as error:  # an answer that the SDK can make nothing of
            raise InputError(self._stranger()) from error

    def _stranger(self) -> str:
        return f"What answers at {self.url} is no Label Studio; set {URL} to its address."

    def _answer(self, error: ApiError) -> str:
        detail = error.body.get("detail", "") if isinstance(error.body, Mapping) else ""
        detail = f" ({' '.join(str(detail).split()).rstrip('.')[:200]})" if detail else ""
        if error.status_code == 401 and "legacy" in detail:
            return (
                f"Label Studio at {self.url} does not take legacy tokens; set {TOKEN} to a personal access "
                f"token (Account & Settings), or have an owner enable legacy tokens (Organization)."
            )
        if error.status_code == 401:
            return (
                f"Label Studio at {self.url} does not accept the token{detail}; set {TOKEN} to a new one "
                f"(Account & Settings)."
            )
        if error.status_code == 403:
            return f"The token's user may not do this in Label Studio at {self.url}{detail}; ask its owner."
        if error.status_code in (200, 404):
            return self._stranger()
        return (
            f"Label Studio at {self.url} answered with error {error.status_code}{detail}; nothing is lost, "
            f"look at the server's log and run the same command again."
        )

    def find_project(self, title: str) -> int | None:
        """The id of the project of that name, the oldest if there are several."""
        with self._told():
            projects: Any = self._api.projects.list(title=title)
            found = [int(project.id) for project in projects if project.title == title]
        return min(found, default=None)

    def make_project(self, title: str, config: str) -> int:
        """The project of that name, its page set to ``config``; made if there is none. Returns its id."""
        number = self.find_project(title)
        with self._told():
            if number is None:
                made = self._api.projects.create(
                    title=title,
                    label_config=config,
                    show_collab_predictions=True,
                    sampling="Sequential sampling",
                )
                assert made.id is not None, "a project without an id"
                return made.id
            self._api.projects.update(number, label_config=config)
            return number

    def size(self, project: int) -> int:
        """How many tasks a project holds."""
        with self._told():
            return int(self._api.projects.get(project).task_number or 0)

    def tasks(self, project: int) -> Iterator[dict[str, Any]]:
        """All tasks of a project, ``id`` and ``data`` of each."""
        with self._told():
            pages: Any = self._api.tasks.list(project=project, page_size=PAGE, include="id,data")
            for task in pages:
                yield {"id": task.id, "data": dict(task.data or {})}

    def add(self, project: int, tasks: Sequence[dict[str, Any]]) -> None:
        """Import tasks; all of them, or a sentence.

        Not tried again by itself: a request that was lost on the way back would be imported twice.

        Raises:
            InputError: if the server took fewer tasks or predictions than it was given.
        """
        with self._told():
            request: Any = list(tasks)
            taken: Any = self._api.projects.import_tasks(
                project, request=request, request_options={"max_retries": 0}
            )
        predictions = sum(len(task.get("predictions", ())) for task in tasks)
        if (taken.task_count, taken.prediction_count) != (len(tasks), predictions):
            raise InputError(
                f"Label Studio took {taken.task_count} of {len(tasks)} tasks and {taken.prediction_count} of "
                f"{predictions} findings; push again, and see the server's log if it stays so."
            )

    def export(self, project: int) -> list[dict[str, Any]]:
        """Every task with its annotations."""
        with self._told():
            exported: list[dict[str, Any]] = json.loads(
                b"".join(
                    self._api.projects.exports.download_sync(
                        project, export_type="JSON", download_all_tasks=True
                    )
                )
            )
        return exported

    def people(self) -> dict[int, str]:
        """Users by id: the name that stands in the table of verdicts."""
        with self._told():
            return {
                int(user.id): str(user.email or user.username) for user in self._api.users.list()
            }

    def show_files(self, project: int, folder: Path) -> None:
        """Let the project show the files of a folder of this machine, and see that it does.

        Raises:
            InputError: if the server does not serve files, or not those of this folder.
        """
        folder = folder.resolve()
        probe = folder / f"probe-{uuid.uuid4().hex[:8]}.png"
        content = probe.name.encode()
        write_bytes(probe, content)
        try:
            with self._told():
                seen = self._allow(project, folder) and self._read(f"{folder.name}/{probe.name}")
        finally:
            probe.unlink(missing_ok=True)
        if seen != content:
            raise InputError(
                f"Label Studio at {self.url} does not show the files of {folder}; start it on this machine "
                f"with LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true and "
                f"LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT={folder.parent}, or set review.pictures.travel to "
                f"inline."
            )

    def _allow(self, project: int, folder: Path) -> bool:
        """Register a folder with the project, once; whether the server would have it."""
        storages = self._api.import_storage.local
        if any(storage.path == str(folder) for storage in storages.list(project=project)):
            return True
        try:
            storages.create(
                project=project, path=str(folder), use_blob_urls=True, title="pictures to review"
            )
        except ApiError as error:
            if error.status_code != 400:
                raise
            return False
        return True

    def _read(self, file: str) -> bytes:
        """What the server shows of a file."""
        headers = self._api._client_wrapper.get_headers()
        return self._connection.get(f"{self.url}{LOCAL}{file}", headers=headers).content


def need_client() -> None:
    """See that the client of Label Studio is installed.

    Raises:
        InputError: if it is not, with the extra that brings it.
    """
    if MISSING is not None:
        raise InputError(
            f"Review needs the client of Label Studio, and {sys.executable} has no module {MISSING}; install "
            f"the extra `review` (Python 3.11 to 3.13): "
            f"{sys.executable} -m pip install -c constraints.txt -e '.[review]'"
        )


def address_of(environment: Mapping[str, str]) -> str:
    """Where Label Studio is.

    Raises:
        InputError: if that is not said, or is no address.
    """
    url = environment.get(URL, "").strip().rstrip("/")
    if not url:
        raise InputError(
            f"The environment variable {URL} is not set; set it to the address of Label Studio, "
            f"http://127.0.0.1:8080 for instance."
        )
    if not url.startswith(("http://", "https://")):
        raise InputError(f"{URL} is '{url}'; it must begin with http:// or https://.")
    return url


def token_of(environment: Mapping[str, str]) -> str:
    """The token of whoever works.

    Raises:
        InputError: if there is none, or it is none: the words do not repeat it.
    """
    token = environment.get(TOKEN, "").strip()
    if not token:
        raise InputError(
            f"The environment variable {TOKEN} is not set; set it to your token, from Account & Settings in "
            f"Label Studio."
        )
    if not re.fullmatch(r"[\w.~+/=-]+", token, re.ASCII):
        raise InputError(
            f"{TOKEN} holds characters that are in no token; copy it again from Account & Settings in Label "
            f"Studio."
        )
    return token


def _version(answer: Any) -> str:
    about = answer.model_dump() if hasattr(answer, "model_dump") else dict(answer)
    package = about.get("label_studio_os_package") or {}
    return str(package.get("version") or about.get("release") or "unknown")


def _numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version; an unknown one counts as new."""
    match = re.match(r"(\d+)\.(\d+)", version)
    return tuple(map(int, match.groups())) if match else (999,)
