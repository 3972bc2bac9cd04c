"""Tiny packages, made as npm makes them, and a registry that serves one."""

from __future__ import annotations

import base64
import hashlib
import http.server
import io
import json
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dataset_tools.sources.packages.catalogue import Package

INK = "#45413c"


@pytest.fixture
def tgz() -> Callable[..., bytes]:
    """Pack files as npm does."""

    def tgz(files: dict[str, bytes], prefix: str = "package/") -> bytes:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
            for name, data in files.items():
                member = tarfile.TarInfo(prefix + name)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
        return buffer.getvalue()

    return tgz


@pytest.fixture
def package_of() -> Callable[..., Package]:
    """The package of an archive, pinned to it."""

    def package_of(data: bytes, **others: object) -> Package:
        digest = base64.b64encode(hashlib.sha512(data).digest()).decode()
        values = {"name": "tiny", "npm": "@icons/tiny", "version": "1.0.0", "integrity": digest}
        values |= {"artist": "A", "license": "CC0-1.0", "inks": frozenset({INK})} | others
        return Package(**values)  # type: ignore[arg-type]

    return package_of


@pytest.fixture
def put(
    tgz: Callable[..., bytes], package_of: Callable[..., Package], tmp_path: Path
) -> Callable[..., Package]:
    """Put a package where it is looked for, ``tmp_path``: icons of 8 x 8 units, and other files."""

    def put(
        bodies: dict[str, str],
        categories: dict[str, list[str]] | None = None,
        files: dict[str, bytes] | None = None,
        **others: object,
    ) -> Package:
        icons = {name: {"body": body} for name, body in bodies.items()}
        tables = {
            "icons.json": {"icons": icons, "width": 8, "height": 8},
            "metadata.json": {"categories": categories or {}},
        }
        data = tgz(
            {name: json.dumps(table).encode() for name, table in tables.items()} | (files or {})
        )
        package = package_of(data, **others)
        (tmp_path / package.archive).write_bytes(data)
        return package

    return put


@pytest.fixture
def registry() -> Iterator[tuple[str, dict[str, bytes], list[str]]]:
    """Address of a registry on this machine, what it has by path, and the paths it was asked for."""
    has: dict[str, bytes] = {}
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200 if self.path in has else 404)
            self.end_headers()
            self.wfile.write(has.get(self.path, b""))

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", has, asked
    server.shutdown()
    server.server_close()
