"""A reviewer in a real browser: opens the next pairs of a project, judges by keyboard, submits.

For `make review-demo`, which must be running. Needs Playwright for Python and Chromium, in any environment:

    pip install playwright
    python scripts/review_in_browser.py --keys f a r --picture docs/images/review.png --pull .venv/bin/python

Sees to it that all three pictures of a pair show before it is judged and, with --travel, which way they came;
with --pull, that every verdict arrives in data/reviews.csv. Whatever is not so ends it with a sentence.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, Response, sync_playwright

EMAIL = "reviewer@localhost.example"
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
LAPTOP = {"width": 1366, "height": 768}
VERDICTS = {"a": "accept", "f": "fix", "r": "reject"}
PATIENCE = 180_000  # milliseconds; a busy machine is slow
NAME = ".review .name"  # where the pair's name stands
# True when another pair than the last one is there: that one stands there for a while.
ANOTHER = f"""last => {{
  const one = document.querySelector('{NAME}');
  return one !== null && one.innerText != last;
}}"""
# True when three pictures are decoded and drawn.
SHOWN = """() => {
  const all = [...document.querySelectorAll('.pictures .lsf-image img')];
  return all.length == 3 && all.every(one => one.complete && one.naturalWidth > 0);
}"""


def main() -> None:
    """Read the arguments and review."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path(".label-studio"))
    parser.add_argument("--project", default="Line art review")
    parser.add_argument("--keys", nargs="+", choices=VERDICTS, default=["a"], help="one a pair")
    parser.add_argument("--browser", default="/usr/bin/chromium")
    parser.add_argument("--picture", type=Path, help="write what she sees of the first pair here")
    parser.add_argument(
        "--travel", choices=("inline", "files"), help="the way the pictures must come"
    )
    parser.add_argument("--pull", type=Path, metavar="PYTHON", help="of the project; pull and look")
    options = parser.parse_args()
    kept = (options.folder / "env").read_text() if (options.folder / "env").exists() else ""
    environment = dict(re.findall(r"export (\w+)=(\S+)", kept))
    if "LABEL_STUDIO_URL" not in environment:
        sys.exit(
            f"There is no address in {options.folder / 'env'}; start `make review-demo` first."
        )
    password = (options.folder / "account").read_text().split()[0]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=options.browser, args=list(QUIET))
        page = browser.new_page(viewport=LAPTOP)
        page.set_default_timeout(PATIENCE)
        sign_in(page, environment["LABEL_STUDIO_URL"], password)
        judged = review(page, options.project, options.keys, options.travel, options.picture)
        browser.close()
    if options.pull is not None:
        arrived(judged, options.pull, environment)


def sign_in(page: Page, url: str, password: str) -> None:
    """Sign in and wait for the list of projects."""
    page.goto(f"{url}/user/login/?next=/projects/")
    page.fill("input[name=email]", EMAIL)
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects/**")


def review(
    page: Page, project: str, keys: list[str], travel: str | None, picture: Path | None
) -> dict[str, str]:
    """Judge the next pairs; pair to verdict."""
    files: list[str] = []  # pictures that the server read from its disk

    def note(response: Response) -> None:
        if "/data/local-files/" in response.url and response.ok:
            files.append(response.url)

    page.on("response", note)
    page.get_by_text(project, exact=True).first.click()
    page.get_by_role("button", name="Label All Tasks").click()
    judged: dict[str, str] = {}
    last = ""
    for number, key in enumerate(keys):
        files.clear()
        page.wait_for_function(ANOTHER, arg=last)
        page.wait_for_function(SHOWN)
        last = page.locator(NAME).inner_text()
        pair = last.split("·")[0].strip()
        came = "files" if files else "inline"
        if travel not in (None, came):
            sys.exit(f"The pictures of {pair} came {came}; wanted was {travel}.")
        page.keyboard.press(key)
        page.locator(f"input[name={VERDICTS[key]}]:checked").wait_for(state="attached")
        if picture is not None and number == 0:
            page.wait_for_timeout(1000)  # what the verdict opened settles
            page.screenshot(path=picture)
        with page.expect_response(
            lambda response: (
                "/annotations" in response.url and response.request.method == "POST" and response.ok
            )
        ):
            page.keyboard.press("Control+Enter")
        judged[pair] = VERDICTS[key]
        print(f"{pair}: {VERDICTS[key]}, pictures {came}", flush=True)
    return judged


def arrived(judged: dict[str, str], python: Path, environment: dict[str, str]) -> None:
    """Pull, and look for every verdict in the table."""
    command = [str(python), "-m", "dataset_tools", "review", "pull"]
    subprocess.run(command, check=True, env={**os.environ, **environment})
    with Path("data/reviews.csv").open(newline="") as file:
        rows = {(row["id"], row["verdict"]) for row in csv.DictReader(file)}
    lost = [name for name, verdict in judged.items() if (name, verdict) not in rows]
    if lost:
        sys.exit(f"No verdict in data/reviews.csv on {', '.join(lost)}.")
    print(f"All {len(judged)} verdicts are in data/reviews.csv.")


if __name__ == "__main__":
    main()
