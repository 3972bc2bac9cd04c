"""What a person reads when something is wrong: a sentence, and how to go on."""

import errno
import inspect
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from lineart.errors import InputError
from pipelines import __main__ as command
from pipelines import runtime
from pipelines.__main__ import main
from pipelines.road import server
from pipelines.road.repro import ablation, repro
from pipelines.road.show import show
from pipelines.stages.train import train

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def signals() -> object:
    """`main` answers signals its own way; the tests go on with theirs."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def raising(error: BaseException) -> object:
    def run(options: object) -> int:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (InputError("The folder x is empty."), 1, "The folder x is empty.\n"),
        (OSError(errno.ENOSPC, "full"), 1, "The disk is full; free some space and run again.\n"),
        (KeyboardInterrupt(), 130, "Stopped; run the same command again to go on.\n"),
    ],
)
def test_a_sentence_and_a_status(
    error: BaseException,
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command, "run", raising(error))
    assert main(["show"]) == status
    assert capsys.readouterr().err == said


def test_what_falls_apart_while_stopping_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(options: object) -> int:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(10)
        except KeyboardInterrupt:
            raise RuntimeError("a worker is gone") from None
        return 0

    monkeypatch.setattr(command, "run", run)
    assert main(["show"]) == 130
    assert "worker" not in capsys.readouterr().err


def test_a_closed_terminal_stops_us_unless_nohup_was_asked_for() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell script does to what it starts with &
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    assert runtime.stop_signals() == [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    assert runtime.stop_signals() == [signal.SIGINT, signal.SIGTERM]


def test_our_own_slips_keep_their_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "run", raising(RuntimeError("a slip")))
    with pytest.raises(RuntimeError, match="a slip"):
        main(["show"])


def test_a_missing_library_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "run", raising(ModuleNotFoundError("no", name="pandas.io")))
    assert main(["show"]) == 1
    assert "has no module pandas.io; run `make repro`" in capsys.readouterr().err
    monkeypatch.setattr(command, "run", raising(ModuleNotFoundError("no", name="lineart.nothing")))
    with pytest.raises(ModuleNotFoundError):
        main(["show"])


def test_a_missing_params_file_is_said_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ingest", "--params", str(tmp_path / "none.yaml")]) == 1
    assert capsys.readouterr().err.startswith(f"There is no {tmp_path / 'none.yaml'};")


@pytest.mark.parametrize("run", [repro, ablation])
def test_a_second_run_in_one_folder_says_so(tmp_path: Path, run: Callable[[Path], int]) -> None:
    (tmp_path / ".dvc" / "tmp").mkdir(parents=True)
    with (
        FileLock(tmp_path / ".dvc/tmp/repro.lock"),
        pytest.raises(InputError, match="Another run is at work in"),
    ):
        run(tmp_path)


def called(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[tuple[object, ...], object]:
    """What a flow is called with for a command line."""
    seen: list[tuple[tuple[object, ...], object]] = []
    wanted = inspect.signature(command.stage)

    def stage(*given: object, **others: object) -> int:
        wanted.bind(*given, **others)
        seen.append((given, others))
        return 0

    monkeypatch.setattr(command, "stage", stage)
    command.run(command.parser().parse_args(arguments))
    (one,) = seen
    return one


def test_a_flow_gets_its_name_and_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    params = "params.yaml"
    assert called(monkeypatch, "qa") == (("qa", params), {})
    assert called(monkeypatch, "train", "teed") == (("train", params, "teed"), {"under": "."})
    assert called(monkeypatch, "evaluate", "teed", "--under", "ablation") == (
        ("evaluate", params, "teed"),
        {"under": "ablation"},
    )
    assert called(monkeypatch, "adopt", "teed", "--params", "p") == (("adopt", "p", "teed"), {})
    given, others = called(
        monkeypatch, "generalise", "sheets", "--models", "a", "b", "--count", "9"
    )
    assert given == ("generalise", params, "sheets")
    assert others == {"name": None, "models": ["a", "b"], "count": 9, "pictures": None}


def test_a_road_is_asked_for_its_own_stages_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Or the ablation, which is never up to date where nobody wants it, would make each run a long one."""
    asked: list[list[str]] = []

    def status(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command[3:])
        return subprocess.CompletedProcess(command, 0, "{}\n", "")

    monkeypatch.setattr("pipelines.road.repro.subprocess.run", status)
    for file in ("dvc.yaml", "params.yaml"):
        shutil.copy(ROOT / file, tmp_path)
    (tmp_path / "ablation").mkdir()
    (tmp_path / "ablation" / "table.md").write_text("the table\n")
    monkeypatch.setattr("pipelines.road.repro.show", lambda root: None)
    assert repro(tmp_path) == 0
    assert ablation(tmp_path) == 0
    assert asked == [
        ["status", "--json", "--with-deps", "dvc.yaml"],
        ["status", "--json", "--with-deps", "ablation/dvc.yaml"],
    ]


def test_no_leaderboard_yet(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no leaderboard"):
        show(tmp_path)


def test_the_server_ends_with_whoever_started_it() -> None:
    program = (
        "import os, urllib.request\n"
        "from pipelines.road.server import prefect_server\n"
        "with prefect_server() as server:\n"
        "    from prefect import get_client\n"
        "    with get_client(sync_client=True) as client:\n"
        "        client.hello().raise_for_status()\n"
        "    print(server.url, flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    environment = {key: value for key, value in os.environ.items() if key != "PREFECT_API_URL"}
    # What is on this machine is asked past any proxy, also one that no client here can use.
    proxies = dict.fromkeys(("http_proxy", "HTTPS_PROXY"), "http://127.0.0.1:9")
    environment |= {**proxies, "ALL_PROXY": "socks5://127.0.0.1:9", "no_proxy": "example.org"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    # The pipes of the output close when the server, which holds them too, is gone.
    assert done.returncode == -signal.SIGKILL
    assert done.stdout.startswith("http://127.0.0.1:")
    assert done.stderr == ""


def test_a_server_of_ones_own_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://prefect.example/api")
    with server.prefect_server() as used:
        assert used == server.Server("http://prefect.example/api", ())
    assert os.environ["PREFECT_API_URL"] == "http://prefect.example/api"


def test_a_server_that_does_not_start_is_said_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a power cut leaves of its database, say."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    (tmp_path / "prefect.db").write_text("torn")
    with (
        pytest.raises(InputError, match=f"delete {tmp_path}, and run again"),
        server.prefect_server(),
    ):
        pass


def test_a_server_of_ones_own_that_is_away_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    said = command.sentence(RuntimeError("Failed to reach API at http://127.0.0.1:9/api/"))
    assert said.startswith("Prefect at http://127.0.0.1:9/api does not answer; start that server")
    assert command.sentence(RuntimeError("something else")) == ""


def test_a_second_training_of_a_model_in_one_folder_says_so(tmp_path: Path) -> None:
    with (
        FileLock(tmp_path / "clearnet.lock"),
        pytest.raises(InputError, match=r"clearnet is being trained in .* already; wait for it"),
    ):
        train.fn("clearnet", runs=str(tmp_path))
