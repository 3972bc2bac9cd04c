"""Names that are imported when they are asked for."""

import sys
import types

import pytest

from lineart.lazy import lazily


def test_a_name_is_fetched_once_and_an_unknown_one_is_an_attribute_error(monkeypatch):
    package = types.ModuleType("a_package")
    monkeypatch.setitem(sys.modules, "a_package", package)
    package.__getattr__ = lazily("a_package", {"pi": "math"})
    assert "pi" not in vars(package)
    assert 3.14 < package.pi < 3.15
    assert "pi" in vars(package)
    with pytest.raises(AttributeError, match="module 'a_package' has no attribute 'tau'"):
        _ = package.tau


@pytest.mark.parametrize("name", ["lineart", "lineart.models"])
def test_every_name_of_a_package_is_there(name):
    package = __import__(name, fromlist=["*"])
    for public in package.__all__:
        assert getattr(package, public) is not None
