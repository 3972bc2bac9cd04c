import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from lineart.errors import InputError
from pipelines import tables
from pipelines.records import Record
from pipelines.report import Folders, ReportSettings, write_report


class Loads(HTMLParser):
    """Whatever a browser would fetch for a page, and how many rows its tables have."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.rows = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.rows += tag == "tr"
        for name, value in attributes:
            if name in ("src", "srcset", "poster", "data", "action") or (
                name == "href" and tag != "a"
            ):
                self.found.append(value or "")


def write(project: Path, records: list[Record]) -> str:
    data = project / "data"
    folders = Folders(data / "pairs", data / "checked", data / "splits", data / "augmented")
    out = project / "reports" / "index.html"
    frame = tables.leaderboard(records)
    write_report(out, frame, records, "0" * 32, folders, ReportSettings(rows=2, picture=64))
    return out.read_text()


def test_the_page_loads_nothing(project: Path, records: list[Record]) -> None:
    page = write(project, records)
    loads = Loads()
    loads.feed(page)
    assert len(loads.found) == 2 * 2 * 4 + 2 + 1  # two grids of two rows, one pair, one sheet
    assert all(uri.startswith("data:image/webp;base64,") for uri in loads.found)
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert "http" not in page.partition("<script>")[2]


def test_the_page_says_what_it_should(project: Path, records: list[Record]) -> None:
    page = write(project, records)
    assert "no ink &lt;at all&gt;" in page
    assert "Drawn by &lt;Nobody &amp; Sons&gt;, CC-BY-SA-4.0" in page
    assert page.count("<svg") == 2
    assert "clearnet is off by 0.0100" in page
    assert "dark threshold, is off by 0.0500" in page


def test_the_same_results_make_the_same_page(project: Path, records: list[Record]) -> None:
    assert write(project, records) == write(project, list(reversed(records)))


def test_pictures_go_from_worst_to_best(project: Path, records: list[Record]) -> None:
    page = write(project, records)
    # The errors made up for clearnet are 0.01, 0.02 (child), 0.03, 0.04 (child).
    ranks = re.findall(r"<b>(\d) of 2</b>(\S+?)</td>", page)
    assert ranks == [("1", "d-0"), ("2", "c-0"), ("1", "d-1"), ("2", "c-1")]


def test_the_table_puts_networks_first_and_marks_the_best(records: list[Record]) -> None:
    frame = tables.leaderboard(list(reversed(records)))
    assert list(frame["model"]) == ["clearnet", "dark_threshold"]
    columns = {column.name: column for column in tables.columns()}
    assert tables.best(frame, columns["originals_mae"]) == {0}
    assert tables.best(frame, columns["originals_f"]) == {0, 1}
    assert tables.best(frame, columns["pictures_per_second"]) == set()
    assert frame["minutes"][0] == 1.5


def test_the_markdown_table(records: list[Record]) -> None:
    text = tables.markdown(tables.leaderboard(records), "0123456789abcdef")
    assert text.startswith("# Leaderboard on data 0123456789ab\n")
    assert "| clearnet | **0.0001** | **0.0100** | **20.00** | **0.900** | **0.800** |" in text
    assert "| dark_threshold (floor) | 0.0025 | 0.0500 |" in text
    assert "clearnet (tiny) was trained for 20 steps on 160 pictures in 1.5 minutes" in text


def test_models_of_other_data_are_not_ranked(records: list[Record]) -> None:
    digest = records[0].summary["data"]
    tables.check_versions(records, digest)
    with pytest.raises(InputError, match="The model clearnet was made from data"):
        tables.check_versions(records, "something else")
