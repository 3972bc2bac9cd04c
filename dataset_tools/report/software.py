"""Which software made a data set: another version of a library may round a pixel otherwise."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

LIBRARIES = ("lineart", "numpy", "opencv-python-headless", "pillow", "scikit-image", "resvg-py")


def software() -> dict[str, str]:
    """The versions of what draws, reads and changes pictures, of those that are installed."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
