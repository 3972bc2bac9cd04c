"""What is on this machine is asked directly, whatever proxy the environment names.

The clients here (those of Prefect, MLflow, Label Studio and Gradio) all obey ``http_proxy``, ``all_proxy``
and the like, and leave out what ``no_proxy`` lists; few machines list themselves there.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import socket
from collections.abc import Mapping, MutableMapping
from urllib.parse import urlsplit

NAMES = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
SPELLINGS = ("no_proxy", "NO_PROXY")
PROXIES = ("http_proxy", "https_proxy", "all_proxy")
# Where servers are named that may run here under yet another name, such as 127.0.0.2.
ADDRESSES = ("LABEL_STUDIO_URL", "MLFLOW_REGISTRY_URI", "MLFLOW_TRACKING_URI", "PREFECT_API_URL")


def ask_directly(environment: MutableMapping[str, str] = os.environ) -> None:
    """Add this machine's names to ``no_proxy`` and ``NO_PROXY``, where the environment names a proxy.

    Without a proxy these lists are not made: once one is set, Python asks no more for the proxies that macOS
    and Windows keep elsewhere. Out of a list is taken only what would end httpx, proxy or not. A SOCKS proxy
    that httpx cannot use, and which would end it before it looked at ``no_proxy``, is taken out of the
    environment of this process.

    >>> known = {"ALL_PROXY": "http://proxy:3128", "NO_PROXY": "example.org,[::1]"}
    >>> ask_directly(known)
    >>> known["no_proxy"] == known["NO_PROXY"], known["no_proxy"]
    (True, 'example.org,::1,localhost,127.0.0.1,0.0.0.0')
    """
    named = [name for name in environment if name.lower() in PROXIES and environment[name]]
    for name in named:
        if not _is_usable(environment[name]):
            del environment[name]
    for name in SPELLINGS:
        if environment.get(name):
            environment[name] = ",".join(_entries(environment[name]))
    if not named:
        return
    lists = {name: _entries(environment.get(name, "")) for name in SPELLINGS}
    others = dict((SPELLINGS, SPELLINGS[::-1]))
    here = _names(environment)
    for name in SPELLINGS:
        # whoever reads one spelling overlooks the other
        known = lists[name] or lists[others[name]]
        known = [*known, *(own for own in here if own not in known)]
        # everything already, and only as long as it stands alone
        environment[name] = "*" if "*" in known else ",".join(known)


def is_local(host: str) -> bool:
    """Whether a name is one of this machine.

    >>> [is_local(host) for host in ("127.0.0.2", "::1", "board.localhost", "example.org")]
    [True, True, True, False]
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost") or host == socket.gethostname()
    return address.is_loopback or address.is_unspecified


def _names(environment: Mapping[str, str]) -> list[str]:
    hosts = [_host(environment.get(name, "")) for name in ADDRESSES]
    return list(dict.fromkeys([*NAMES, *(host for host in hosts if host and is_local(host))]))


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _entries(text: str) -> list[str]:
    """The hosts of a list, without what ends httpx and no client here understands.

    That is a network of IPv6, and the brackets and the port of an IPv6 address.

    >>> _entries("a.org, [::1]:80, fd00::/8,10.0.0.0/8")
    ['a.org', '::1', '10.0.0.0/8']
    """
    entries = [entry.strip() for entry in text.split(",")]
    bare = [entry[1:].partition("]")[0] if entry[:1] == "[" else entry for entry in entries]
    return [entry for entry in bare if entry and not _is_network6(entry)]


def _is_network6(entry: str) -> bool:
    address, slash, _ = entry.partition("/")
    return bool(slash) and ":" in address and "://" not in entry


def _is_usable(proxy: str) -> bool:
    scheme = proxy.partition("://")[0].lower() if "://" in proxy else "http"
    if scheme in ("socks5", "socks5h"):
        return importlib.util.find_spec("socksio") is not None
    return scheme in ("http", "https")
