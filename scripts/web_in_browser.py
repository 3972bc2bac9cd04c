"""A visitor in a real browser: opens the page, uploads a picture, downloads its line art, turns the knobs.

Each download is compared, byte for byte, with what `lineart extract` writes for the same file, and the page
must ask no machine but its own. Needs Playwright for Python and Chromium, in any environment:

    pip install playwright
    python scripts/web_in_browser.py picture.png --lineart .venv/bin/lineart --pictures docs/images
"""

from __future__ import annotations

import argparse
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
LAPTOP = {"width": 1366, "height": 768}
PATIENCE = 120_000  # milliseconds; for a busy machine
FORMATS = {  # as the page calls them: what the command line is asked for
    "png": ["--format", "png"],
    "transparent": ["--format", "transparent"],
    "svg": ["--format", "svg"],
    "ora": ["--format", "ora"],
    "psd": ["--format", "psd"],
}


def main() -> None:
    """Read the arguments, start the page, visit it, end it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("picture", type=Path, help="what is uploaded")
    parser.add_argument("--lineart", default="lineart", help="the command")
    parser.add_argument("--model", default="clearnet")
    parser.add_argument("--browser", default="/usr/bin/chromium")
    parser.add_argument(
        "--pictures", type=Path, help="write web.png, the page as a visitor sees it"
    )
    options = parser.parse_args()
    server = subprocess.Popen(
        [options.lineart, "demo", "--port", "0", "--model", options.model],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        url = re.search(r"http://[^\s;]+", server.stdout.readline())
        if url is None:
            sys.exit("The page did not start.")
        wrong = visit(url[0], options)
    finally:
        server.send_signal(signal.SIGINT)
        print(f"Ctrl-C: the page ended with status {server.wait(30)}")
    sys.exit(1 if wrong else 0)


def visit(url: str, options: argparse.Namespace) -> int:
    """Use the page as a visitor does; returns how many things were wrong."""
    asked: set[str] = set()
    said: list[str] = []
    wrong = 0
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        browser = play.chromium.launch(executable_path=options.browser, args=list(QUIET))
        page = browser.new_page(viewport=LAPTOP)
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: asked.add(urlsplit(request.url).netloc or "inline"))
        page.on("console", lambda message: said.append(message.text))
        page.goto(url)
        page.set_input_files("input[type=file]", options.picture)
        for form, arguments in FORMATS.items():
            if form != "png":
                choose(page, "Format", form)
            mine = download(page, Path(folder) / "page")
            wrong += compare(form, mine, extracted(options, Path(folder) / form, arguments))
        choose(page, "Format", "png")
        page.get_by_label("number input for Weight").fill("2")
        page.keyboard.press("Tab")
        mine = download(page, Path(folder) / "page")
        theirs = extracted(options, Path(folder) / "weight", ["--weight", "2"])
        wrong += compare("png, weight 2", mine, theirs)
        if options.pictures is not None:
            page.wait_for_timeout(1000)  # the pictures fade in
            page.screenshot(path=options.pictures / "web.png")
        page.get_by_label("Remove this file").or_(page.get_by_label("Clear")).first.click()
        page.locator("#status", has_text="Drop a picture").wait_for()
        text = Path(folder) / "letter.png"
        text.write_text("Dear picture,")
        page.set_input_files("input[type=file]", text)
        page.locator("#status .bad").wait_for()
        print(f"a text file: {page.locator('#status').inner_text()}")
        page.locator("#examples button").first.click()
        page.locator("#status .good", has_text="×").wait_for()
        print(f"an example: {page.locator('#status').inner_text()}")
        browser.close()
    outside = {host for host in asked if host not in (urlsplit(url).netloc, "inline")}
    print(f"asked for: {', '.join(sorted(asked))}")
    print(f"the browser's console: {'; '.join(said) or 'silent'}")
    return wrong + len(outside)


def choose(page: Page, label: str, option: str) -> None:
    """Take an option of a drop-down list, by the beginning of its words."""
    page.get_by_label(label, exact=True).click()
    page.get_by_role("option", name=re.compile(f"^{option}\\b")).click()


def download(page: Page, folder: Path) -> Path:
    """Wait until the line art is ready, and save it as the browser would."""
    page.wait_for_timeout(500)  # the button is disabled at once, and enabled when the file is there
    page.locator("button:not([disabled])", has_text="Download ").wait_for()
    with page.expect_download() as coming:
        page.locator("button:not([disabled])", has_text="Download ").click()
    target = folder / coming.value.suggested_filename
    coming.value.save_as(target)
    return target


def extracted(options: argparse.Namespace, folder: Path, arguments: Sequence[str]) -> Path:
    """The only file that the command line writes for the picture."""
    command = [options.lineart, "extract", options.picture, "-o", folder, "--model", options.model]
    subprocess.run([*command, *arguments], check=True, capture_output=True)
    (file,) = folder.iterdir()
    return file


def compare(title: str, mine: Path, theirs: Path) -> int:
    """Print whether two files are the same; 0 if so, else 1."""
    same = mine.read_bytes() == theirs.read_bytes()
    verdict = "as the command line's" if same else "NOT as the command line's"
    print(f"{title}: {mine.name}, {mine.stat().st_size} bytes, {verdict}")
    return 0 if same else 1


if __name__ == "__main__":
    main()
