"""Ports in use, proxies of every kind, and no secret in what is said."""

import os
import socket
from pathlib import Path

import pytest

from dataset_tools.advice import Advice
from pipelines.doctor import network
from pipelines.doctor.place import Place, masked, masked_address


def place(**environment: str) -> Place:
    return Place(Path("/nowhere"), environment)


def lines(seen: object) -> list[str]:
    return [advice.line(0) for advice in seen]  # type: ignore[attr-defined]


def test_a_port_in_use_names_its_user(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(network, "PORTS", {port: "make ui PORT=5001"})
        (seen,) = network.ports(place())
    assert not seen.fine
    assert not seen.stops
    assert seen.words.startswith(f"{port} is in use by ")
    assert f"(process {os.getpid()}); stop it, or: make ui PORT=5001" in seen.words
    assert lines(network.ports(place())) == [f"ok   ports {port} is free"]


def test_where_nothing_may_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(network.socket, "create_server", refuse)
    (seen,) = network.ports(place())
    assert seen.stops
    assert "nothing may listen on 127.0.0.1 (Operation not permitted)" in seen.words


def test_no_proxy() -> None:
    assert lines(network.proxies(place())) == ["ok   proxies none"]


@pytest.mark.parametrize(
    ("no_proxy", "lacking"),
    [
        ("", "localhost and 127.0.0.1"),
        ("example.org, LOCALHOST", "127.0.0.1"),
        ("localhost,127.0.0.1", None),
        ("*", None),
    ],
)
def test_this_machine_is_left_out(no_proxy: str, lacking: str | None) -> None:
    seen = list(network.proxies(place(HTTP_PROXY="http://proxy:3128", no_proxy=no_proxy)))
    assert seen[0] == Advice("proxies", True, "HTTP_PROXY=http://proxy:3128")
    assert seen[1].fine == (lacking is None)
    if lacking:
        assert seen[1].words.startswith(f"no_proxy lacks {lacking}, which")
        assert seen[1].words.endswith("export no_proxy=localhost,127.0.0.1")


def test_proxies_that_end_clients(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them end pip; the road leaves them out, so once it is installed they stop nothing."""
    odd, socks = {"ALL_PROXY": "socks://proxy:1080"}, {"all_proxy": "socks5://proxy:1080"}
    unknown, lacking = (next(network.proxies(Place(tmp_path, one))) for one in (odd, socks))
    assert (unknown.stops, lacking.stops) == (True, True)
    assert "begins with socks://, and known are http, https, socks5, socks5h" in unknown.words
    assert lacking.words.endswith("(unset all_proxy; make install)")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv/.installed").touch()
    assert not next(network.proxies(Place(tmp_path, odd))).stops
    monkeypatch.setattr(network, "find_spec", lambda name: name)
    assert next(network.proxies(Place(tmp_path, socks))).fine
    monkeypatch.setattr(network, "find_spec", lambda name: None)
    lacking = next(network.proxies(Place(tmp_path, socks)))
    assert (lacking.fine, lacking.stops) == (False, False)
    assert lacking.words.endswith("(unset all_proxy; .venv/bin/pip install socksio)")


SECRETS = [
    "http://me:s3cret@proxy:3128",
    "http://me:s3cret@with@signs/and/slashes@proxy:3128",
    "me:s3cret@proxy:3128",
    "https://s3cret@host/simple",
    "https://host/simple?token=s3cret&x=1",
    "https://host/simple#s3cret",
    "https://me:s3cret@host/p?key=s3cret",
    "postgresql://me:s3cret@db/mlflow",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_is_said(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "s3cret" not in masked_address(secret)
    assert "s3cret" not in masked_address(masked_address(secret))
    if "://" in secret:
        assert "s3cret" not in masked(f"Error: '{secret}', and so on")
    monkeypatch.setattr(network, "answers", lambda address: False)
    everything = dict.fromkeys(("HTTPS_PROXY", *network.SERVERS), secret)
    seen = [*network.proxies(place(**everything)), *network.servers(place(**everything))]
    assert len(seen) == 5
    assert "s3cret" not in "".join(lines(seen))


def test_plain_addresses_stay_as_they_are() -> None:
    for address in ("http://proxy:3128", "proxy:3128", "sqlite:////home/me/mlflow.db", "../remote"):
        assert masked_address(address) == masked(address) == address


def test_servers_of_ones_own() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/api"
        assert lines(network.servers(place(PREFECT_API_URL=address)))[0].startswith("ok ")
    (prefect,) = network.servers(place(PREFECT_API_URL=address))
    assert prefect.line(0).startswith("BAD  servers PREFECT_API_URL=http://127.0.0.1")
    (review,) = network.servers(place(LABEL_STUDIO_URL=address))
    assert "does not answer; start that server, or unset LABEL_STUDIO_URL" in review.words
    assert review.line(0).startswith("odd")
    assert not network.answers("http://[broken")


def test_certificates_that_are_not_there(tmp_path: Path) -> None:
    (seen,) = network.certificates(place(SSL_CERT_FILE=str(tmp_path / "none.pem")))
    assert seen.stops
    assert "which is not there; unset SSL_CERT_FILE or mend it" in seen.words
    assert not list(network.certificates(place(SSL_CERT_DIR=str(tmp_path))))
