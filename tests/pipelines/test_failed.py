"""Why a stage failed: in its own words, or by how its process ended."""

import signal
from pathlib import Path

import pytest

from lineart.errors import InputError
from pipelines import __main__ as command
from pipelines import failed, runtime
from pipelines.failed import Failed, ended
from pipelines.plan.graph import planned
from pipelines.road.repro import summary

DIED = "failed to run: python -m pipelines train teed, exited with {}"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (-11, "Its process died of SIGSEGV, a fault in a library it uses."),
        (139, "Its process died of SIGSEGV, a fault in a library it uses."),
        (-9, "Its process was killed (SIGKILL), most likely for want of memory."),
        (137, "Its process was killed (SIGKILL), most likely for want of memory."),
        (143, "Its process died of SIGTERM."),
        (3, "Its process ended with the status 3 and without a word."),
    ],
)
def test_a_process_that_left_no_word(status: int, said: str) -> None:
    assert ended(DIED.format(status)) == said


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (InputError("The rate is\ntoo high."), 1, "The rate is too high."),
        (RuntimeError("a slip"), None, "RuntimeError: a slip"),
        (MemoryError("of 3 GB"), None, "MemoryError: of 3 GB"),
    ],
)
def test_a_stage_leaves_its_reason(
    error: Exception,
    status: int | None,
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run(options: object) -> int:
        raise error

    before = {number: signal.getsignal(number) for number in runtime.stop_signals()}
    monkeypatch.setenv(runtime.REASONS, str(tmp_path))
    monkeypatch.setenv("DVC_STAGE", "train@teed")
    monkeypatch.setattr(command, "run", run)
    try:
        if status is None:
            with pytest.raises(type(error)):
                command.main(["train", "teed"])
        else:
            assert command.main(["train", "teed"]) == status
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    said = {"train@teed": DIED.format(1), "qa": DIED.format(-9)}
    assert failed.of(["train@teed", "qa"], tmp_path, said) == [
        Failed("train@teed", reason),
        Failed("qa", "Its process was killed (SIGKILL), most likely for want of memory."),
    ]


def test_what_could_not_begin_has_dvcs_words(tmp_path: Path) -> None:
    said = {"": "missing data 'source': weights/teed.pth"}
    assert failed.of(["published@teed"], tmp_path, said)[0].reason == said[""]


def test_a_list_comes_back(tmp_path: Path) -> None:
    some = [Failed("train@teed", "It is dark."), Failed("published@teed", "So is this.")]
    failed.write(tmp_path / "failed.json", some)
    assert failed.read(tmp_path / "failed.json") == some
    assert [each.row for each in some] == ["teed", "teed-published"]


def test_the_last_words_say_what_failed_what_waits_and_what_to_do() -> None:
    dot = '"qa" -> "train@a";\n"train@a" -> "evaluate@a";\n"evaluate@a" -> "leaderboard";'
    plan = planned(["qa"], dot)
    assert summary([Failed("train@a", "It is dark.")], plan) == [
        "train@a failed: It is dark.",
        "Not done, for it hangs on that: evaluate@a.",
        "Mend that, or take a row that fails out of params.yaml, and run the same command again: "
        "what is done stays done.",
    ]
    assert summary([Failed("qa", "It is dark.")], plan)[1:] == [
        "Not done, for it hangs on that: train@a, evaluate@a, leaderboard.",
        "Mend that, and run the same command again: what is done stays done.",
    ]
