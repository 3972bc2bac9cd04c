"""The page itself, started as a person starts it and used by Gradio's own client, on loopback."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from lineart.extract import command
from lineart.pictures.images import encode_png
from lineart.web.page import fetch_nothing, sentence

FAST = "difference_of_gaussians"
KNOBS = [  # as they are at first
    *(None, FAST, "#ffffff", "png", "#000000", 0, 0, 0, False),
    *(0, False, "#ffffff"),
]
LISTENED = """
import sys
from lineart.cli import main

def hear(event, given):
    if event in ("socket.connect", "socket.getaddrinfo"):
        host = given[1][0] if event == "socket.connect" else given[0]
        print(host, file=asked, flush=True)

asked = open(sys.argv.pop(1), "w")
sys.addaudithook(hear)
sys.exit(main())
"""  # the command, with a list of the hosts that it asks for


def test_a_file_name_cannot_change_the_page() -> None:
    assert sentence("<b>&.png") == '<span class="good">&lt;b&gt;&amp;.png</span>'
    assert sentence("no", bad=True) == '<span class="bad">no</span>'


def test_only_a_file_is_taken(tmp_path: Path) -> None:
    """Gradio's clean-up dies of a folder that it was told to be an upload."""
    gradio = pytest.importorskip("gradio")
    block = gradio.File()
    fetch_nothing(block)
    for place in (str(tmp_path), str(tmp_path / "none"), "http://example.com/x.png"):
        with pytest.raises(gradio.Error, match="upload"):
            asyncio.run(block.async_move_resource_to_block_cache(place))
    assert asyncio.run(block.async_move_resource_to_block_cache(None)) is None


@pytest.fixture
def page(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A page in a process of its own, whose temporary files lie in ``tmp``; ended at the latest here."""
    (tmp_path / "tmp").mkdir()
    proxy = "http://127.0.0.1:9"  # nobody is there, so a call that takes it fails
    process = subprocess.Popen(
        [sys.executable, "-c", LISTENED, tmp_path / "asked", "demo", "--port", "0", "--model", FAST],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp"), "HTTP_PROXY": proxy, "http_proxy": proxy},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        url = re.search(r"http://[^\s;]+", process.stdout.readline())
        assert url is not None, process.communicate()
        yield process, url[0]
    finally:
        process.kill()
        process.communicate()


def told(url: str, body: dict[str, object]) -> str:
    """The events that follow a call of `extract` with this body."""
    asked = httpx.post(f"{url}gradio_api/call/extract", json=body, trust_env=False).json()
    answer = f"{url}gradio_api/call/extract/{asked['event_id']}"
    return httpx.get(answer, trust_env=False, timeout=60).text


def test_a_visit(page: tuple[subprocess.Popen[str], str], tmp_path: Path) -> None:
    gradio_client = pytest.importorskip("gradio_client")
    process, url = page
    pixels = np.full((40, 60, 3), (255, 160, 0), np.uint8)
    pixels[10:14, 20:44] = 0
    picture, letter = tmp_path / "sheet.png", tmp_path / "letter.png"
    picture.write_bytes(encode_png(pixels))
    letter.write_text("Dear picture,")
    assert command.main([str(picture), "--model", FAST, "--weight", "2"]) == 0

    client = gradio_client.Client(
        url, verbose=False, analytics_enabled=False, download_files=tmp_path / "got"
    )

    def extract(file: Path, **knobs: object) -> tuple[object, dict[str, str], str]:
        return client.predict(gradio_client.handle_file(str(file)), api_name="/extract", **knobs)

    _, offer, about = extract(picture, weight=2)
    assert "sheet.png · 60 × 40" in about
    assert Path(offer["value"]).name == "sheet.lines.png"
    assert Path(offer["value"]).read_bytes() == (tmp_path / "sheet.lines.png").read_bytes()

    before, offer, about = extract(letter)
    assert (before, offer["value"]) == (None, None)
    assert 'class="bad">letter.png cannot be read as a picture' in about
    client.close()

    for road in ("file", "proxy"):
        answer = httpx.get(f"{url}gradio_api/{road}=http://example.com/x.png", trust_env=False)
        assert (answer.status_code, answer.text) == (
            403,
            "This page fetches nothing from elsewhere.\n",
        )
    address = {"path": "http://example.com/x.png", "meta": {"_type": "gradio.FileData"}}
    for place in range(8):  # the drop box, and the knobs, which take no file
        body = {"data": [address if place == at else value for at, value in enumerate(KNOBS)]}
        assert "event: error" in told(url, body)

    (upload,) = httpx.post(
        f"{url}gradio_api/upload", files={"files": picture.read_bytes()}, trust_env=False
    ).json()
    sheet = {"path": upload, "meta": {"_type": "gradio.FileData"}}
    assert "event: complete" in told(url, {"data": [sheet, *KNOBS[1:]]})
    # and past the queue nothing is read, for nobody would forget what was kept for it
    past = httpx.post(f"{url}gradio_api/run/extract", json={"data": KNOBS}, trust_env=False)
    assert past.status_code == 404

    assert set((tmp_path / "asked").read_text().split()) == {"127.0.0.1"}
    assert any((tmp_path / "tmp").iterdir())
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 0
    assert list((tmp_path / "tmp").iterdir()) == []
