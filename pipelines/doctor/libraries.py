"""The doctor's look at the libraries: what is installed, does it load, and what arithmetic it does."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from dataset_tools.advice import Advice
from lineart.cores import usable_cores
from pipelines.doctor.place import Place, ask, masked_address

AGAIN = "rm -f .venv/.installed && make install"
EXTRA = "road"  # what the road needs of the project's extras
COMPILED = ("numpy", "scipy", "pandas", "cv2", "onnxruntime")  # may be there and still not load
# Whatever changes the last digits of a figure, or the first.
VARIABLES = re.compile(
    r"(DNNL|ONEDNN|OMP|MKL|KMP|GOMP|OPENBLAS|TORCH|PYTORCH|CUDA|CUBLAS|NVIDIA_TF32|ATEN)_\w+|"
    r"LINEART_(?!INSIDE)\w+"
)
LOAD = """
import importlib, json, os, sys
os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # or it would keep an identity in the home folder
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = ["", str(getattr(importlib.import_module(name), "__version__", ""))]
    except BaseException as error:
        found[name] = [f"{type(error).__name__}: {error}"[:300], ""]
print(json.dumps(found))
"""
TORCH = """
import json, torch
cuda = torch.cuda.is_available()
print(json.dumps({
    "version": torch.__version__,
    "config": torch.__config__.show(),
    "capability": torch.backends.cpu.get_cpu_capability(),
    "threads": torch.get_num_threads(),
    "device": torch.cuda.get_device_name() if cuda else "",
}))
"""


def arithmetic(place: Place) -> Iterator[Advice]:
    """The variables that change arithmetic, and torch with its oneDNN, asked in a process of its own."""
    yield from variables(place)
    if find_spec("torch") is None:
        yield Advice("torch", False, "is not installed yet; make install", stops=False)
        return
    answer = ask([sys.executable, "-c", TORCH], place)
    if not answer.ok:
        words = f"does not load ({answer.words}); {AGAIN}, and report it if that does not help."
        yield Advice("torch", False, words)
        return
    found = json.loads(answer.words.splitlines()[-1])
    onednn = re.search(r"(?:oneDNN|MKL-DNN) v([\d.]+)", found["config"])
    yield Advice(
        "torch", True, f"{found['version']}, {found['capability']}, {found['threads']} threads"
    )
    yield Advice("oneDNN", True, onednn[1] if onednn else "none in this build of torch")
    yield Advice("accelerator", True, found["device"] or "none; the processor does the work")


def variables(place: Place) -> Iterator[Advice]:
    """Those that are set, and whether they leave cores idle."""
    for name, value in sorted(place.environment.items()):
        if not VARIABLES.fullmatch(name):
            continue
        shown = f"{name}={masked_address(value)}"
        if name == "OMP_NUM_THREADS" and value.split(",")[0] != str(usable_cores()):
            words = f"{shown}, and there are {usable_cores()} cores; unset {name}."
            yield Advice("variables", False, words, stops=False)
        else:
            yield Advice("variables", True, shown)


def packages(place: Place) -> Iterator[Advice]:
    """Whether everything the project asks for is there, in a version that fits, and loads."""
    if not place.root.is_dir():
        return  # the project's section says so
    try:
        wanted = requirements(place)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        words = (
            f"pyproject.toml cannot be read ({type(error).__name__}); git checkout pyproject.toml"
        )
        yield Advice("wanted", False, words)
        return
    if not wanted:
        return  # an older Python cannot read the file, and is refused in its own section
    there = {name: installed(name) for name in wanted}
    missing = sorted(name for name, version in there.items() if version is None)
    ours = place.root / ".venv"
    if missing and not (Path(sys.prefix) == ours and (ours / ".installed").exists()):
        words = f"{len(missing)} of {len(wanted)} packages are not installed yet; make install"
        yield Advice("wanted", False, words, stops=False)
        return
    if missing:
        yield Advice("wanted", False, f"not installed: {_some(missing)}; {AGAIN}")
    unfit = [
        f"{name} {version} ({wanted[name]} is wanted)"
        for name, version in there.items()
        if version is not None and not suits(version, wanted[name])
    ]
    if unfit:
        yield Advice("wanted", False, f"{_some(unfit)}; {AGAIN}")
    if not missing and not unfit:
        yield Advice("wanted", True, f"all {len(wanted)} packages of the road are there")
    yield from pins(place)
    yield from loads(place)


def requirements(place: Place) -> dict[str, str]:
    """What the base and the road ask for: name to the versions that fit.

    Raises:
        OSError, ValueError, KeyError, TypeError, AttributeError: if the file is missing or wrong.
    """
    try:
        import tomllib
    except ImportError:  # before Python 3.11
        return {}
    about = tomllib.loads((place.root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = about.get("optional-dependencies", {})
    found: dict[str, str] = {}
    waiting, seen = [*about["dependencies"], f"{about['name']}[{EXTRA}]"], set()
    while waiting:
        text = waiting.pop(0).partition(";")[0]
        name, inside, versions = re.fullmatch(  # type: ignore[union-attr]  # a wrong line is caught
            r"\s*([\w.-]+)\s*(?:\[([^]]*)\])?\s*(.*?)\s*", text
        ).groups()
        if name != about["name"]:
            found[name] = versions
            continue
        for extra in (part.strip() for part in (inside or "").split(",")):
            if extra not in seen:
                seen.add(extra)
                waiting += extras[extra]
    return found


def installed(name: str) -> str | None:
    """The version of a package, or None; files that are gone count as not installed."""
    try:
        return metadata.version(name) or None
    except metadata.PackageNotFoundError:
        return None


def suits(version: str, wanted: str) -> bool:
    """Whether a version is one of those wanted; taken for true where nothing can tell."""
    try:
        from packaging.specifiers import InvalidSpecifier, SpecifierSet
        from packaging.version import InvalidVersion
    except ImportError:
        return True
    try:
        return SpecifierSet(wanted).contains(version, prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return True


def applies(marker: str) -> bool:
    """Whether a line of the pins is meant for this Python; nothing is where nothing can tell.

    >>> applies(""), applies('python_version < "3"')
    (True, False)
    """
    if not marker:
        return True
    try:
        from packaging.markers import InvalidMarker, Marker
    except ImportError:
        return False
    try:
        return Marker(marker).evaluate()
    except InvalidMarker:
        return False


def pins(place: Place) -> Iterator[Advice]:
    """Packages of another version than the one that everything was tried with."""
    try:
        text = (place.root / "constraints.txt").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        yield Advice("pins", False, "constraints.txt is missing; git checkout constraints.txt")
        return
    lines = re.findall(r"^([\w.-]+)==([^\s;]+)\s*(?:;\s*(.+))?$", text, re.MULTILINE)
    wanted = {name: version for name, version, marker in lines if applies(marker)}
    there = {name: installed(name) for name in wanted}
    other = [
        f"{name} {version} ({wanted[name]})"
        for name, version in there.items()
        if version is not None and version.partition("+")[0] != wanted[name].partition("+")[0]
    ]
    if other:
        words = f"not as in constraints.txt: {_some(other)}; figures may differ: {AGAIN}"
        yield Advice("pins", False, words, stops=False)
    else:
        yield Advice("pins", True, "all as in constraints.txt")


def loads(place: Place) -> Iterator[Advice]:
    """Whether what is compiled can be loaded, tried in a process of its own."""
    names = [name for name in COMPILED if find_spec(name) is not None]
    if not names:
        return
    answer = ask([sys.executable, "-c", LOAD, *names], place)
    if not answer.ok:
        words = f"{' or '.join(names)} ends Python ({answer.words}); {AGAIN}"
        yield Advice("loads", False, words)
        return
    found = json.loads(answer.words.splitlines()[-1])
    broken = [f"{name} ({why})" for name, (why, _) in found.items() if why]
    if broken:
        yield Advice("loads", False, f"{'; '.join(broken)}; {AGAIN}")
    else:
        yield Advice("loads", True, ", ".join(f"{name} {found[name][1]}" for name in names))


def _some(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
