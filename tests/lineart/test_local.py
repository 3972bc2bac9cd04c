"""What is on this machine is reached past a proxy that leads nowhere, and no list of anyone's is lost."""

import os
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from lineart.local import ask_directly

DEAD = "http://127.0.0.1:9"
OWN = "localhost,127.0.0.1,::1,0.0.0.0"
LISTS = ("no_proxy", "NO_PROXY")


@pytest.fixture
def page() -> Iterator[int]:
    """The port of a server on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"here")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("0.0.0.0", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize("proxy", ["http_proxy", "HTTP_PROXY", "all_proxy"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "127.0.0.2"])
def test_a_server_here_is_reached_past_a_dead_proxy(
    page: int, proxy: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", *LISTS):
        monkeypatch.setenv(name, "")
        monkeypatch.setenv(name.upper(), "")
    monkeypatch.setenv(proxy, DEAD)
    address = f"http://{host}:{page}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    ask_directly()
    with urllib.request.build_opener().open(address, timeout=5) as answer:
        assert answer.read() == b"here"
    assert os.environ[proxy] == DEAD  # for all the rest


@pytest.mark.parametrize(
    ("known", "now"),
    [
        ({}, (OWN, OWN)),
        ({"NO_PROXY": "a.org, b.org"}, (f"a.org,b.org,{OWN}", f"a.org,b.org,{OWN}")),
        ({"no_proxy": "a.org", "NO_PROXY": "b.org"}, (f"a.org,{OWN}", f"b.org,{OWN}")),
        ({"no_proxy": OWN}, (OWN, OWN)),
        ({"no_proxy": "*"}, ("*", "*")),
        ({"NO_PROXY": "*,a.org"}, ("*", "*")),
        ({"no_proxy": "fd00::/8,[fe80::1]:80,10.0.0.0/8"}, (f"fe80::1,10.0.0.0/8,{OWN}",) * 2),
        ({"no_proxy": "[::1]"}, ("::1,localhost,127.0.0.1,0.0.0.0",) * 2),
        (
            {"PREFECT_API_URL": "http://127.0.0.2:4200/api", "LABEL_STUDIO_URL": "http://[::1"},
            (f"{OWN},127.0.0.2",) * 2,
        ),
        ({"MLFLOW_TRACKING_URI": "http://tracking.example.org"}, (OWN, OWN)),
    ],
)
def test_names_are_added_to_both_lists(known: dict[str, str], now: tuple[str, str]) -> None:
    environment = {"https_proxy": "http://proxy:3128", **known}
    ask_directly(environment)
    assert tuple(environment[name] for name in LISTS) == now
    before = dict(environment)
    ask_directly(environment)
    assert environment == before


def test_without_a_proxy_nothing_is_touched() -> None:
    """Or the proxy that macOS or Windows keeps in its settings would be asked no more."""
    environment = {"no_proxy": "a.org", "http_proxy": ""}
    ask_directly(environment)
    assert environment == {"no_proxy": "a.org", "http_proxy": ""}
    environment = {"NO_PROXY": "a.org,fd00::/8"}  # httpx reads it all the same, and would end
    ask_directly(environment)
    assert environment == {"NO_PROXY": "a.org"}


def test_a_proxy_that_would_end_every_client_is_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    environment = {"ALL_PROXY": "socks5://127.0.0.1:9", "all_proxy": "socks://127.0.0.1:9"}
    ask_directly(environment)
    assert environment == {"no_proxy": OWN, "NO_PROXY": OWN}
