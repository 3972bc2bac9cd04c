"""An archive is the one that was pinned, or there is one sentence; it is asked for once, never unpacked."""

import pytest

from dataset_tools.sources.packages.archive import (
    archive_of,
    checked,
    members_of,
    registry_of,
)
from lineart.errors import InputError


@pytest.fixture
def data(tgz):
    return tgz({"icons.json": b"{}"})


@pytest.fixture(autouse=True)
def _nobodys_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        monkeypatch.delenv(name, raising=False)


def test_it_is_fetched_once_and_then_needs_no_network(
    data, package_of, registry, monkeypatch, tmp_path
):
    address, has, asked = registry
    package = package_of(data)
    path = "/@icons/tiny/-/tiny-1.0.0.tgz"
    has[path] = data
    monkeypatch.setenv("npm_config_registry", address + "/")
    assert archive_of(package, tmp_path) == data
    assert archive_of(package, tmp_path) == data
    assert asked == [path]
    assert (tmp_path / "icons-tiny-1.0.0.tgz").read_bytes() == data


def test_without_a_registry_it_says_what_to_put_where(
    data, package_of, registry, monkeypatch, tmp_path
):
    address, _, _ = registry
    monkeypatch.setenv("npm_config_registry", address)
    with pytest.raises(InputError, match=r"cannot be fetched .*put it in the folder") as raised:
        archive_of(package_of(data), tmp_path)
    assert "icons-tiny-1.0.0.tgz" in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_another_archive_is_refused_and_not_kept(
    data, tgz, package_of, registry, monkeypatch, tmp_path
):
    address, has, _ = registry
    has["/@icons/tiny/-/tiny-1.0.0.tgz"] = tgz({"icons.json": b"{} "})
    monkeypatch.setenv("npm_config_registry", address)
    with pytest.raises(InputError, match="as it was pinned"):
        archive_of(package_of(data), tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "icons-tiny-1.0.0.tgz").write_bytes(data[:-1])
    with pytest.raises(InputError, match="as it was pinned"):
        archive_of(package_of(data), tmp_path)


def test_the_digest_is_npms(package_of):
    # printf '' | openssl dgst -sha512 -binary | base64
    empty = (
        "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="
    )
    assert checked(b"", package_of(b"", integrity=empty), "it") == b""


@pytest.mark.parametrize("name", ["../up", "/up", "package/../../up"])
def test_a_path_that_leads_out_is_refused(tgz, name):
    with pytest.raises(InputError, match="leads out of it"):
        members_of(tgz({name: b"x"}, prefix=""), "tiny.tgz")


def test_a_damaged_archive_is_refused(data):
    for damaged in (b"", b"no archive", data[: len(data) // 2]):
        with pytest.raises(InputError, match="no archive that can be read"):
            members_of(damaged, "tiny.tgz")


@pytest.mark.parametrize(
    ("npmrc", "environment", "npm", "registry"),
    [
        ("", {}, "tiny", "https://registry.npmjs.org"),
        ("registry=https://a.example/\n", {}, "tiny", "https://a.example"),
        ("registry = https://a.example/", {"npm_config_registry": "https://b.example"}, "tiny", "https://b.example"),
        ("registry=https://a.example", {"NPM_CONFIG_REGISTRY": "https://b.example/npm/"}, "tiny", "https://b.example/npm"),
        ("@icons:registry=https://c.example", {"npm_config_registry": "https://b.example"}, "@icons/tiny", "https://c.example"),
        ("@icons:registry=https://c.example", {}, "@other/tiny", "https://registry.npmjs.org"),
    ],
)  # fmt: skip
def test_the_registry_is_the_one_npm_would_ask(tmp_path, npmrc, environment, npm, registry):
    (tmp_path / ".npmrc").write_text(npmrc)
    assert registry_of(npm, environment | {"HOME": str(tmp_path)}) == registry


def test_a_registry_that_is_no_address_is_refused():
    with pytest.raises(InputError, match="https://"):
        registry_of("tiny", {"npm_config_registry": "file:///etc"})
