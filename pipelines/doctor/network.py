"""The doctor's look at the network: ports of this machine, proxies, certificates, servers of one's own."""

from __future__ import annotations

import contextlib
import os
import re
import socket
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from dataset_tools.advice import Advice
from pipelines import runtime
from pipelines.doctor.place import Place, masked_address

PORTS = {5000: "make ui PORT=5001", 8080: "make label-studio PORT=8081"}
HERE = "127.0.0.1"
PROXIES = ("http_proxy", "https_proxy", "all_proxy")
SCHEMES = ("http", "https", "socks5", "socks5h")
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
SERVERS = ("PREFECT_API_URL", "MLFLOW_TRACKING_URI", "LABEL_STUDIO_URL")
PATIENCE = 3.0  # seconds


def look(place: Place) -> Iterator[Advice]:
    """Everything of this file."""
    yield from ports(place)
    yield from proxies(place)
    yield from certificates(place)
    yield from servers(place)


def ports(place: Place) -> Iterator[Advice]:
    """Whether the road may listen on this machine, and whether the usual ports are free."""
    try:
        socket.create_server((HERE, 0)).close()
    except OSError as error:
        words = (
            f"nothing may listen on {HERE} ({error.strerror}); the road's server must: allow it."
        )
        yield Advice("ports", False, words)
        return
    for port, otherwise in PORTS.items():
        try:
            socket.create_server((HERE, port)).close()
            yield Advice("ports", True, f"{port} is free")
        except OSError:
            words = f"{port} is in use by {user_of(port, place)}; stop it, or: {otherwise}"
            yield Advice("ports", False, words, stops=False)


def user_of(port: int, place: Place) -> str:
    """Which program listens on a port, as far as that may be seen."""
    listening = re.compile(
        rf"^\s*\d+: [0-9A-F]+:{port:04X} \S+ 0A(?:\s+\S+){{5}}\s+(\d+)", re.MULTILINE
    )
    tables = place.read("proc/net/tcp") + place.read("proc/net/tcp6")
    inodes = {f"socket:[{inode}]" for inode in listening.findall(tables)}
    for folder in sorted((place.system / "proc").glob("[0-9]*")):
        if inodes & set(_opened(folder)):
            name = place.read(f"proc/{folder.name}/comm").strip()
            return f"{name} (process {folder.name})"
    return "a program that is not ours to see"


def _opened(process: Path) -> Iterator[str]:
    """What a process has open, if that may be seen."""
    with contextlib.suppress(OSError):
        for link in (process / "fd").iterdir():
            with contextlib.suppress(OSError):  # closed meanwhile
                yield os.readlink(link)


def proxies(place: Place) -> Iterator[Advice]:
    """What is asked through a proxy, and whether that leaves out this machine."""
    given = {
        name: value
        for name, value in sorted(place.environment.items())
        if name.lower() in PROXIES and value.strip()
    }
    if not given:
        yield Advice("proxies", True, "none")
        return
    for name, value in given.items():
        yield _proxy(name, value.strip(), place)
    names = ("no_proxy", "NO_PROXY")
    outside = ",".join(place.environment.get(name, "") for name in names)
    listed = {part.strip().lower() for part in outside.split(",")}
    missing = [name for name in ("localhost", HERE) if not {name, "*"} & listed]
    if missing:
        words = f"no_proxy lacks {' and '.join(missing)}, which a proxy cannot reach; "
        words += "the road adds them for itself, other programs want: "
        yield Advice("no_proxy", False, f"{words}export no_proxy=localhost,{HERE}", stops=False)
    else:
        yield Advice("no_proxy", True, "has the names of this machine")


def _proxy(name: str, value: str, place: Place) -> Advice:
    shown = f"{name}={masked_address(value)}"
    scheme = value.partition("://")[0].lower() if "://" in value else "http"
    there = (place.root / ".venv/.installed").exists()
    if scheme not in SCHEMES:
        words = f"{shown} begins with {scheme}://, and known are {', '.join(SCHEMES)}; "
        words += "the road leaves it out, pip ends at it: unset or mend it."
        return Advice("proxies", False, words, stops=not there)
    if scheme.startswith("socks") and not there:
        words = f"{shown}: pip knows no SOCKS, and the road does once it is installed; "
        words += f"(unset {name}; make install)"
        return Advice("proxies", False, words)
    if scheme.startswith("socks") and find_spec("socksio") is None:
        words = f"{shown} wants the package socksio, and is left out without; "
        words += f"(unset {name}; .venv/bin/pip install socksio)"
        return Advice("proxies", False, words, stops=False)
    return Advice("proxies", True, shown)


def certificates(place: Place) -> Iterator[Advice]:
    """Files of certificates that the environment names and that are not there."""
    for name in CERTIFICATES:
        value = place.environment.get(name, "")
        if value and not any(Path(part).exists() for part in value.split(os.pathsep)):
            words = f"{name} names {value}, which is not there; unset {name} or mend it."
            # No client of Prefect's can be made then; the others are for addresses with https alone.
            yield Advice("certs", False, words, stops=name == "SSL_CERT_FILE")


def servers(place: Place) -> Iterator[Advice]:
    """Servers of one's own that the environment names."""
    usual = runtime.defaults(place.root)
    for name in SERVERS:
        value = place.environment.get(name, "").strip()
        if not value or value == usual.get(name):
            continue
        shown = f"{name}={masked_address(value)}"
        if value.startswith(("http://", "https://")) and not answers(value):
            # Without Prefect no stage runs; what MLflow cannot take waits, and review is asked for.
            words = f"{shown} does not answer; start that server, or unset {name} to have one made."
            yield Advice("servers", False, words, stops=name == "PREFECT_API_URL")
        else:
            yield Advice("servers", True, shown)


def answers(address: str) -> bool:
    """Whether something listens where an address points."""
    try:
        parts = urlsplit(address)
        port = parts.port or {"https": 443, "ssh": 22}.get(parts.scheme, 80)
        socket.create_connection((parts.hostname or HERE, port), timeout=PATIENCE).close()
    except (OSError, ValueError, UnicodeError):
        return False
    return True
