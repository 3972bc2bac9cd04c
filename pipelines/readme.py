"""The leaderboard in README.md: a table between two comments, made from a file that is committed.

`docs/results/leaderboard.csv` is a copy of `reports/leaderboard.csv`, which is not in Git. The same call
copies it and writes the table, and a test compares the two.
"""

from __future__ import annotations

from pathlib import Path

from lineart import marked
from lineart.errors import InputError
from lineart.images import write_text
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
    table = short(read_leaderboard(results))
    readme, copy = root / README, root / RESULTS
    content = marked.between(readme.read_text(), BEGIN, END, table)
    write_text(copy, results.read_text())
    write_text(readme, content)
    return [copy, readme]


def between(content: str) -> str:
    """The table that stands in the text of a README."""
    return content.partition(BEGIN)[2].partition(END)[0].strip()
