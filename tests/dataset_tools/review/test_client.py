"""What a server that misbehaves is answered with; the real one is in test_server."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from dataset_tools.review import client
from dataset_tools.review.client import TOKEN, URL, Server
from lineart.errors import InputError

Answer = tuple[int, str]
SECRET = "0123456789abcdef"


@pytest.fixture
def serve() -> Iterator[Callable[[dict[str, Answer]], str]]:
    """Start a server that answers a path with (status, text), and anything else with 404."""
    servers = []

    def start(answers: dict[str, Answer]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, text = answers.get(self.path.rstrip("/"), (404, "{}"))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def refusal(url: str) -> str:
    with pytest.raises(InputError) as error:
        Server({URL: url, TOKEN: SECRET})
    words = str(error.value)
    assert SECRET not in words
    assert "\n" not in words
    return words


def test_what_is_not_set_is_named() -> None:
    with pytest.raises(InputError, match="LABEL_STUDIO_URL is not set; set it to the address"):
        Server({})
    with pytest.raises(InputError, match="LABEL_STUDIO_API_KEY is not set; set it to your token"):
        Server({URL: "http://127.0.0.1:1"})
    assert "must begin with http" in refusal("localhost:8080")


@pytest.mark.parametrize("token", ["abc\ndef", "se cret", "žluť", "'quoted'"])
def test_what_is_no_token_is_told_and_not_repeated(token: str) -> None:
    with pytest.raises(InputError) as error:
        Server({URL: "http://127.0.0.1:1", TOKEN: token})
    words = str(error.value)
    assert words.startswith("LABEL_STUDIO_API_KEY holds characters that are in no token")
    assert not any(part in words for part in ("abc", "cret", "quoted", "žluť"))


def test_a_server_that_is_away() -> None:
    assert "cannot be reached" in refusal("http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, {"detail": "Invalid token."}, "does not accept the token (Invalid token)"),
        (
            401,
            {"detail": "legacy token authentication has been disabled for this organization"},
            "does not take legacy tokens; set LABEL_STUDIO_API_KEY to a personal access token",
        ),
        (403, {"detail": "no"}, "may not do this"),
        (404, {}, "is no Label Studio; set LABEL_STUDIO_URL to its address"),
    ],
)
def test_a_refusal(
    serve: Callable[[dict[str, Answer]], str], status: int, body: dict[str, str], words: str
) -> None:
    url = serve({"/api/version": (status, json.dumps(body))})
    assert words in refusal(url)


def test_an_error_of_the_server(
    serve: Callable[[dict[str, Answer]], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("label_studio_sdk.core.http_client.INITIAL_RETRY_DELAY_SECONDS", 0.01)
    assert "answered with error 500" in refusal(serve({"/api/version": (500, "{}")}))


@pytest.mark.parametrize("proxy", ["http_proxy", "HTTP_PROXY", "ALL_PROXY"])
def test_a_server_here_is_asked_past_a_proxy(
    serve: Callable[[dict[str, Answer]], str], proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv(proxy, "http://127.0.0.1:9")
    about = {"label-studio-os-package": {"version": "1.20.0"}}
    me = {"id": 1, "email": "me@localhost.example"}
    answers = {"/api/version": about, "/api/current-user/whoami": me}
    url = serve({path: (200, json.dumps(said)) for path, said in answers.items()})
    with Server({URL: url, TOKEN: SECRET}) as server:
        assert (server.version, server.user.email) == ("1.20.0", "me@localhost.example")


def test_an_old_server(serve: Callable[[dict[str, Answer]], str]) -> None:
    old = json.dumps({"label-studio-os-package": {"version": "1.9.1"}})
    assert "is version 1.9.1; 1.13 or later is needed" in refusal(
        serve({"/api/version": (200, old)})
    )


@pytest.mark.parametrize("answer", ["<html>Hello</html>", '"1.23"', "[]", "7", ""])
def test_something_else_at_the_address(
    serve: Callable[[dict[str, Answer]], str], answer: str
) -> None:
    assert "is no Label Studio; set LABEL_STUDIO_URL" in refusal(
        serve({"/api/version": (200, answer)})
    )


def test_a_slow_server(
    serve: Callable[[dict[str, Answer]], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    monkeypatch.setattr(client, "PATIENCE", 0.1)
    monkeypatch.setattr("label_studio_sdk.core.http_client.INITIAL_RETRY_DELAY_SECONDS", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as listener:  # takes calls and says nothing
        words = refusal(f"http://127.0.0.1:{listener.getsockname()[1]}")
    assert "did not answer within" in words
