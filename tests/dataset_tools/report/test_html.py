import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

from dataset_tools.checks import CheckSettings
from dataset_tools.report.catalogue import limits_of
from dataset_tools.report.html import summary, write_page
from dataset_tools.report.settings import DatasetReportSettings
from dataset_tools.report.tables import DataSet

CHINESE, HOSTILE = "线稿 🎨", '<script>alert("x")\'&'
VOID = ("img", "input", "meta", "br", "rect", "line", "path", "circle")
ATTRIBUTES = ("src", "srcset", "poster", "data", "action")


class Page(HTMLParser):
    """What a browser would fetch for a page and run in it, where it can be jumped to, and what it says."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.handlers: list[str] = []
        self.places: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.tags: list[str] = []
        self.inside: list[str] = []
        self.scripts: list[str] = []
        self.ids: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.inside.append(tag)
        if tag == "script":
            self.scripts.append("")
        for name, value in attributes:
            if name in ATTRIBUTES or (name == "href" and tag != "a"):
                self.fetched.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)
            if name == "id":
                self.places.append(value or "")
            if name == "href" and tag == "a":
                self.links.append(value or "")
            if name == "data-ids":
                self.ids += (value or "").split("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.inside.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.inside[-1:] == ["script"]:
            self.scripts[-1] += data
        elif self.inside[-1:] != ["style"]:
            self.words.append(data)


def write(data: DataSet, folder: Path, **settings: int) -> str:
    out = folder / "reports" / "dataset.html"
    chosen = DatasetReportSettings(**{"picture": 64, "families": 1, **settings})
    write_page(out, data, chosen, limits_of(CheckSettings()))
    return out.read_text(encoding="utf-8")


def test_the_page_loads_nothing(doubted: DataSet, tmp_path: Path) -> None:
    text = write(doubted, tmp_path)
    page = Page(text)
    # One pair that cannot be read, two shifted, two duplicates (one torn), two doubted (one without
    # prediction), three drawings with a child each.
    assert page.tags.count("img") == 1 + 2 * 4 + (3 + 4) + (4 + 2) + 3 * 2 * 2 + 1
    assert all(uri.startswith("data:image/webp;base64,") for uri in page.fetched)
    assert page.handlers == []
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


def test_names_are_words_and_never_markup(doubted: DataSet, tmp_path: Path) -> None:
    page = Page(write(doubted, tmp_path))
    assert page.tags.count("script") == 2  # the table and the page's own
    assert "b" in page.tags
    said = "".join(page.words)
    for name in (HOSTILE, CHINESE, "0031", "bad\nname <img src=x>", "cut <short>", "moved <art>"):
        assert name in said
    assert "Ann <b>& 'Sons'</b> | \"Co\"" in said
    assert {HOSTILE, "shifted"} <= set(page.ids)


def test_the_table_in_the_page_is_whole(data: DataSet, tmp_path: Path) -> None:
    table, script = Page(write(data, tmp_path)).scripts
    assert "<" not in table
    rows = json.loads(table)["rows"]
    assert [row[0] for row in rows if row[1] == "doubt"] == [HOSTILE]
    assert len(rows) == 7
    assert "innerHTML" not in script


def test_every_link_leads_somewhere(doubted: DataSet, tmp_path: Path) -> None:
    page = Page(write(doubted, tmp_path))
    assert len(page.places) == len(set(page.places))
    assert {link.removeprefix("#") for link in page.links} <= set(page.places)
    assert {"#worst-shift", "#doubted", "#planted", "#refused"} <= set(page.links)


def test_what_was_not_measured_is_not_shown(data: DataSet, tmp_path: Path) -> None:
    page = Page(write(data, tmp_path))
    assert not {"doubted", "planted"} & set(page.places)
    assert "false alarms" not in "".join(page.words)


def test_what_was_measured_is_shown(doubted: DataSet, tmp_path: Path) -> None:
    text = write(doubted, tmp_path)
    row = text.partition('<a href="#worst-shift">shift</a></td><td class="words">')[2].partition(
        "</tr>"
    )[0]
    for figure in ("40.0 %", "96.0 %", "2.0 %"):  # share, recall, false alarms
        assert f"<td>{figure}</td>" in row


def test_no_cell_says_nan_or_none(doubted: DataSet, tmp_path: Path) -> None:
    words = " ".join(Page(write(doubted, tmp_path)).words).split()
    assert not {"nan", "NaN", "None", "inf", "True", "False"} & set(words)


def test_more_than_is_shown_is_said(data: DataSet, tmp_path: Path) -> None:
    text = write(data, tmp_path, worst=1, duplicates=1)
    assert "Shown are the worst 1 of 2" in text
    assert "Shown are 1 of 2." in text


def test_the_same_tables_make_the_same_page(doubted: DataSet, tmp_path: Path) -> None:
    assert write(doubted, tmp_path) == write(doubted, tmp_path)


def test_the_summary(data: DataSet) -> None:
    assert summary(data) == (
        "Of 7 drawings delivered, 4 are kept: 3 accepted and 1 in doubt. 2 are in quarantine and "
        "1 could not be read. The check that refused most is decodes (1 pair)."
    )


def test_a_reason_of_people_is_told(curated: Callable[[], DataSet], tmp_path: Path) -> None:
    said = "".join(Page(write(curated(), tmp_path)).words)
    assert "A person decided against it" in said
