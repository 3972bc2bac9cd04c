"""The archive of a package: found or fetched, checked against its digest, and read without being unpacked.

It is taken from the npm registry that npm itself would ask, and kept under its own name; from then on no
network is needed. No Node.js is needed at all.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import http.client
import io
import os
import tarfile
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from dataset_tools.sources.packages.catalogue import Package
from lineart.errors import InputError
from lineart.pictures.decoding import shown
from lineart.pictures.images import read_file, write_bytes

REGISTRY = "https://registry.npmjs.org"
SECONDS = 60  # without a byte, after which a registry is given up
LARGEST = 64 << 20  # bytes of an archive
UNPACKED = 256 << 20  # bytes of its files that are read
ROOT = "package/"  # the folder that npm puts everything in


def archive_of(package: Package, folder: Path) -> bytes:
    """The checked bytes of an archive: from ``folder``, else fetched and kept there.

    Raises:
        InputError: if it cannot be fetched, or is not the archive that was pinned.
    """
    path = folder / package.archive
    if path.exists():
        return checked(read_file(path), package, shown(path))
    address = address_of(package, os.environ)
    by_hand = f"fetch {package.archive} elsewhere and put it in the folder {shown(folder)}"
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:
            data = answer.read(LARGEST + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        reason = getattr(error, "reason", None) or error
        raise InputError(
            f"The package {package.npm} {package.version} cannot be fetched ({shown(str(reason), 200)}); "
            f"set npm_config_registry to a registry that can be reached, or {by_hand}."
        ) from error
    return write_bytes(path, checked(data, package, "what the registry sent"))


def checked(data: bytes, package: Package, where: str) -> bytes:
    """The same bytes, if they are those that were pinned.

    Raises:
        InputError: if they are not.
    """
    found = base64.b64encode(hashlib.sha512(data).digest()).decode()
    if found != package.integrity:
        raise InputError(
            f"{where} is not {package.npm} {package.version} as it was pinned (its SHA-512 begins with "
            f"{found[:12]}, wanted is {package.integrity[:12]}); delete the file if it is one, and try "
            f"another registry."
        )
    return data


def address_of(package: Package, environment: Mapping[str, str]) -> str:
    """Where an archive is in the registry that is configured."""
    short = package.npm.rpartition("/")[2]
    return f"{registry_of(package.npm, environment)}/{package.npm}/-/{short}-{package.version}.tgz"


def registry_of(npm: str, environment: Mapping[str, str]) -> str:
    """The registry npm would ask: that of the scope or of all, in ``~/.npmrc``, or in the environment.

    >>> registry_of("comicgen", {"npm_config_registry": "https://mirror.example/npm/"})
    'https://mirror.example/npm'
    """
    said = _npmrc(environment)
    scope = f"{npm.partition('/')[0]}:registry" if npm.startswith("@") else ""
    found = (
        said.get(scope)
        or environment.get("npm_config_registry")
        or environment.get("NPM_CONFIG_REGISTRY")
        or said.get("registry")
        or REGISTRY
    )
    if not found.startswith(("https://", "http://")):
        raise InputError(
            f"The npm registry is {shown(found)!r}; wanted is an address with https://."
        )
    return found.rstrip("/")


def _npmrc(environment: Mapping[str, str]) -> dict[str, str]:
    """The registries in the user's ``.npmrc``; nothing else in it is kept."""
    path = Path(environment.get("HOME") or environment.get("USERPROFILE") or "", ".npmrc")
    if not path.is_absolute() or not path.is_file():
        return {}
    pairs = (line.partition("=") for line in path.read_text("utf-8", "replace").splitlines())
    return {
        key.strip(): value.strip().strip("'\"")
        for key, _, value in pairs
        if key.strip().endswith("registry")
    }


def members_of(data: bytes, name: str) -> dict[str, bytes]:
    """The files of an npm archive by their path within the package.

    Args:
        data: the whole archive.
        name: of it, for messages.

    Raises:
        InputError: if it is damaged, a path leads out of the package, or it holds too much.
    """
    found: dict[str, bytes] = {}
    total = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as tar:
            for member in tar:
                path = PurePosixPath(member.name)
                if path.is_absolute() or ".." in path.parts:
                    raise InputError(f"{name} holds {shown(member.name)!r}, which leads out of it.")
                if not member.isfile():
                    continue
                total += member.size
                if total > UNPACKED:
                    raise InputError(f"{name} holds more than {UNPACKED >> 20} MiB.")
                file = tar.extractfile(member)
                assert file is not None
                found[str(path).removeprefix(ROOT)] = file.read()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise InputError(f"{name} is no archive that can be read ({error}).") from error
    return found


@functools.lru_cache(maxsize=8)
def files_of(package: Package, folder: Path) -> dict[str, bytes]:
    """The files of a package, read once a process; errors as :func:`archive_of` and :func:`members_of`."""
    return members_of(archive_of(package, folder), package.archive)
