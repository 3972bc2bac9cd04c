"""A model from MLflow's registry draws what the command line draws, over HTTP, too."""

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
import pytest
from mlflow.exceptions import MlflowException

from lineart.catalogue.store import SHIPPED
from lineart.errors import InputError
from lineart.extract.command import main as extract
from lineart.runs import WEIGHTS
from pipelines.tracking import board as tracking
from pipelines.tracking import champion, serving
from pipelines.tracking.servable import LINE, PICTURE, make_servable
from pipelines.tracking.serving import Served, from_base64, register

pytestmark = pytest.mark.filterwarnings(
    "ignore:::mlflow", "ignore:::sqlalchemy", "ignore:::alembic"
)
START_SECONDS = 120  # on a machine that does other things, too


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A yellow disc with a black outline, 50 x 70, on white."""
    pixels = np.full((50, 70, 3), 255, np.uint8)
    cv2.circle(pixels, (35, 25), 18, (60, 220, 250), -1, cv2.LINE_AA)
    cv2.circle(pixels, (35, 25), 18, (0, 0, 0), 2, cv2.LINE_AA)
    path = tmp_path_factory.mktemp("pictures") / "disc.png"
    assert cv2.imwrite(str(path), pixels)
    return path


@pytest.fixture(scope="module")
def sent(picture: Path) -> str:
    return base64.b64encode(picture.read_bytes()).decode()


@pytest.fixture(scope="module")
def drawn(picture: Path) -> Callable[..., bytes]:
    """The file that `lineart extract` makes of the picture."""

    def draw(*options: str) -> bytes:
        out = picture.parent / f"out{len(options)}"
        assert not extract([str(picture), "-o", str(out), "--overwrite", *options])
        (made,) = out.rglob("*.png")
        return made.read_bytes()

    return draw


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URI of a database in which the model that ships is registered, as version 1."""
    uri = f"sqlite:///{tmp_path_factory.mktemp('mlflow')}/mlflow.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tracking.mlflow, "get_tracking_uri", lambda: uri)
        first, again = register(), register()
    assert (first.name, first.version) == ("clearnet", again.version) == ("clearnet", 1)
    assert first.tags["licence"]
    return uri


@pytest.fixture(scope="module")
def address(registry: str) -> Iterator[str]:
    """`mlflow models serve`, on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    bin = Path(sys.executable).parent
    command = [str(bin / "mlflow"), "models", "serve", "-m", "models:/clearnet/1"]
    command += ["--env-manager", "local", "--host", "127.0.0.1", "--port", str(port)]
    path = f"{bin}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "MLFLOW_TRACKING_URI": registry, "PATH": path}
    process = subprocess.Popen(
        command,
        env=environment,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/ping", process)
        yield f"http://127.0.0.1:{port}/invocations"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=30)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            if process.poll() is not None:
                pytest.fail(process.communicate()[0].decode())
            time.sleep(0.2)
    pytest.fail(f"{url} does not answer")


def ask(address: str, body: dict[str, Any]) -> tuple[int, Any]:
    """The status and the JSON of an answer."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(address, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_the_server_draws_what_the_command_draws(address, sent, drawn):
    status, answer = ask(address, {"inputs": {PICTURE: [sent]}})
    assert status == 200
    (line,) = (base64.b64decode(row[LINE]) for row in answer["predictions"])
    assert line == drawn()
    pixels = cv2.imdecode(np.frombuffer(line, np.uint8), cv2.IMREAD_UNCHANGED)
    assert pixels.shape == (50, 70)
    assert pixels.min() < 255  # there is ink

    look = {"format": "transparent", "ink": "red", "weight": 1.5, "binary": True}
    status, answer = ask(
        address, {"dataframe_split": {"columns": [PICTURE], "data": [[sent]] * 2}, "params": look}
    )
    assert status == 200
    options = ("--format", "transparent", "--ink", "red", "--weight", "1.5", "--binary")
    assert [base64.b64decode(row[LINE]) for row in answer["predictions"]] == 2 * [drawn(*options)]


def test_the_server_refuses_in_a_sentence(address, sent):
    for body, sentence in (
        (
            {"inputs": {PICTURE: ["!" + sent]}},
            "Picture 1 is no base64 (Only base64 data is allowed); "
            "send the bytes of a picture file in base64.",
        ),
        (
            {"inputs": {PICTURE: [sent]}, "params": {"clean": -1}},
            "The setting clean is -1; it must be 0 pixels or more.",
        ),
    ):
        status, answer = ask(address, body)
        assert (status, answer["message"]) == (400, sentence)
    for body, part in (
        ({"inputs": {PICTURE: [sent, sent[:-40]]}}, "picture 2"),
        ({"inputs": {PICTURE: [sent]}, "params": {"format": "pgn"}}, "Did you mean 'png'?"),
        ({"inputs": {"photo": [sent]}}, "picture"),
    ):
        status, answer = ask(address, body)
        assert status == 400
        assert part in answer["message"]


def test_a_version_of_the_road_draws_as_well(registry, monkeypatch, sent, drawn):
    """The champion is registered by other hands, and lies in the same way."""
    monkeypatch.setattr(tracking.mlflow, "get_tracking_uri", lambda: registry)
    road = champion.Registry("road")
    shipped = SHIPPED / "clearnet"
    version = road.version(shipped, shipped / WEIGHTS, "1" * 32, {"git_commit": "abc"})
    road.crown(version)
    with warnings.catch_warnings():  # of MLflow's own type hints
        warnings.simplefilter("ignore", UserWarning)
        model = tracking.mlflow.pyfunc.load_model("models:/road@champion")
    assert [column.name for column in model.metadata.get_input_schema()] == [PICTURE]
    (line,) = model.predict(pd.DataFrame({PICTURE: [sent]}))[LINE]
    assert base64.b64decode(line) == drawn()
    with pytest.raises(MlflowException, match="Picture 1 is empty"):
        model.predict(pd.DataFrame({PICTURE: [""]}))


def test_a_run_folder_stays_one(tmp_path, sent, drawn):
    run = tmp_path / "run"
    shutil.copytree(SHIPPED / "clearnet", run)
    before = {path.name for path in run.iterdir()}
    make_servable(run)
    assert {path.name for path in run.iterdir()} - before == {"MLmodel"}
    (line,) = Served(run).predict(pd.DataFrame({PICTURE: [sent]}))[LINE]
    assert base64.b64decode(line) == drawn()


def test_base64_as_people_send_it():
    assert from_base64("aW5r", 1) == b"ink"
    assert from_base64(" aW5\nr\r\n", 1) == b"ink"
    assert from_base64("data:image/png;base64,aW5r", 1) == b"ink"
    for text in ("aW5", "aW5r!", "äöü"):
        with pytest.raises(InputError, match=r"Picture 3 is no base64 \(.*\); send the bytes"):
            from_base64(text, 3)
    with pytest.raises(InputError, match="Picture 2 is no text; send the bytes"):
        from_base64(None, 2)


def test_only_networks_with_weights_are_registered(capsys):
    with pytest.raises(InputError, match="canny is no run folder with weights"):
        register("canny")
    for name in ("a/b", "o'b"):
        with pytest.raises(InputError, match="The setting --name is"):
            register(name=name)
    assert serving.main(["clearnt"]) == 1
    assert "Did you mean 'clearnet'?" in capsys.readouterr().err


def test_weights_of_another_name_are_not_taken_for_those_that_are_served(tmp_path):
    run = tmp_path / "run"
    shutil.copytree(SHIPPED / "clearnet", run)
    shutil.copy(run / WEIGHTS, run / "epoch10.safetensors")
    with pytest.raises(InputError, match=r"epoch10\.safetensors would be registered beside"):
        register(str(run / "epoch10.safetensors"))


def test_a_registry_that_does_not_answer_is_said(monkeypatch, capsys):
    def away(*_: object) -> None:
        raise MlflowException("API request failed: [Errno 111] Connection refused")

    monkeypatch.setattr(serving, "register", away)
    assert serving.main([]) == 1
    assert "did not answer (Connection refused)" in capsys.readouterr().err


def test_the_command_that_is_said_leaves_time_for_a_large_picture(monkeypatch, capsys):
    """MLflow cuts a request off after a minute, with a bare 504."""
    version = type("Version", (), {"name": "clearnet", "version": 3})
    monkeypatch.setattr(serving, "register", lambda *_: version)
    assert serving.main([]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "mlflow models serve -m models:/clearnet/3 --env-manager local --timeout 1800"
    )
