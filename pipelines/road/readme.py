"""The leaderboard in README.md: a table between two comments, made from files that are committed.

`docs/results/` has copies of `reports/leaderboard.csv` and of `runs/durations.json`, which says on which
machine and how long each stage took; neither original is in Git. The same call copies them and writes the
table, and a test compares the two.
"""

from __future__ import annotations

from pathlib import Path

from lineart.errors import InputError
from lineart.pictures.images import write_text
from pipelines.plan import estimate
from pipelines.report import marked
from pipelines.report.markdown import short
from pipelines.report.tables import read_failures, read_leaderboard

README = "README.md"
RESULTS = Path("docs", "results", "leaderboard.csv")
BEGIN = "<!-- leaderboard: written by `python -m pipelines show --readme` -->"
END = "<!-- end of the leaderboard -->"


def update(root: Path, results: Path) -> list[Path]:
    """Copy a leaderboard to `docs/results` and write its table into the README.

    Args:
        root: of the project.
        results: the ``leaderboard.csv`` that is to be shown.

    Returns:
        The files written.

    Raises:
        InputError: if there is no leaderboard, a row of it failed, or the README has no place for it.
    """
    for each in read_failures(results):
        raise InputError(
            f"{each.sentence} The README's table has every row; `make repro` tries again."
        )
    durations = root / estimate.HERE
    readme, copy = root / README, root / RESULTS
    content = marked.between(readme.read_text(), BEGIN, END, table(results, durations))
    write_text(copy, results.read_text())
    written = [copy]
    if durations.exists():
        written.append(root / estimate.REFERENCE)
        write_text(written[-1], durations.read_text())
    write_text(readme, content)
    return [*written, readme]


def table(results: Path, durations: Path) -> str:
    """What stands between the comments: the short table, and the machine where that is known.

    Args:
        results: a ``leaderboard.csv``.
        durations: what its stages took; it may be missing.
    """
    machine = estimate.read(durations).processor
    made = f"\n\nTrained and measured by `make repro` on: {machine}." if machine else ""
    return short(read_leaderboard(results)) + made


def between(content: str) -> str:
    """The table that stands in the text of a README."""
    return content.partition(BEGIN)[2].partition(END)[0].strip()
