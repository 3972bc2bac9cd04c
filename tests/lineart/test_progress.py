"""What a log says of long work."""

import pytest

from lineart.progress import log_lines, progress


def test_a_line_a_minute_with_the_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    times = iter([0.0, 1.0, 59.0, 61.0, 90.0, 125.0, 130.0])
    tell = log_lines("train teed", lambda: next(times))
    for done in (101, 159, 161, 190, 225, 4000):
        tell(done, 4000)
    assert capsys.readouterr().err.splitlines() == [
        # 60 steps in the 61 s since it began with step 101, where an earlier sitting had stopped
        "train teed: 161 of 4,000, about 65 min left",
        "train teed: 225 of 4,000, about 63 min left",
    ]


def test_nothing_is_said_before_it_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    times = iter([0.0, 70.0])
    log_lines("train teed", lambda: next(times))(1, 100)
    assert capsys.readouterr().err == "train teed: 1 of 100\n"


def test_short_work_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("train teed") as tell:
        tell(0, 2)
        tell(2, 2)
    assert capsys.readouterr().err == ""
