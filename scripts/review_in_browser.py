"""A reviewer in a real browser: opens the first pairs of a project, judges by keyboard, submits.

For `make review-demo`, which must be running. Needs Playwright for Python and Chromium, in any environment:

    pip install playwright
    python scripts/review_in_browser.py --keys f a r --pictures docs/images

Then `python -m dataset_tools review pull` brings the verdicts home.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

EMAIL = "reviewer@localhost.example"
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
LAPTOP = {"width": 1280, "height": 800}


def main() -> None:
    """Read the arguments and review."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path(".label-studio"))
    parser.add_argument("--project", default="Line art review")
    parser.add_argument("--keys", nargs="+", default=["a"], help="a, f or r, one a pair")
    parser.add_argument("--browser", default="/usr/bin/chromium")
    parser.add_argument("--pictures", type=Path, help="write review.png, the page as she sees it")
    options = parser.parse_args()
    url = re.search(r"LABEL_STUDIO_URL=(\S+)", (options.folder / "env").read_text())
    if url is None:
        sys.exit(
            f"There is no address in {options.folder / 'env'}; start `make review-demo` first."
        )
    password = (options.folder / "account").read_text().split()[0]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=options.browser, args=list(QUIET))
        page = browser.new_page(viewport=LAPTOP)
        sign_in(page, url[1], password)
        page.get_by_text(options.project, exact=True).first.click()
        page.get_by_role("button", name="Label All Tasks").click()
        for number, key in enumerate(options.keys):
            page.get_by_test_id("bottombar-submit-button").wait_for()
            page.wait_for_timeout(1500)  # the pictures are drawn after the button
            page.keyboard.press(key)
            page.wait_for_timeout(500)
            if options.pictures is not None and number == 0:
                page.screenshot(path=options.pictures / "review.png")
            with page.expect_response(
                lambda r: "/annotations" in r.url and r.request.method == "POST"
            ):
                page.keyboard.press("Control+Enter")
            print(f"pair {number + 1}: {key}")
        browser.close()


def sign_in(page: Page, url: str, password: str) -> None:
    """Sign in and wait for the list of projects."""
    page.goto(f"{url}/user/login/?next=/projects/")
    page.fill("input[name=email]", EMAIL)
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects/**")


if __name__ == "__main__":
    main()
