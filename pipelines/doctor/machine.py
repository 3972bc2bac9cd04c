"""The doctor's look at the machine: processor, memory, limits, what is around it, the clock."""

from __future__ import annotations

import platform
import re
import shutil
import sys
import time
from collections.abc import Iterator

from dataset_tools.advice import Advice
from lineart.cores import usable_cores
from pipelines.doctor.place import Place

# What decides which arithmetic a processor is asked for, by the names of /proc/cpuinfo.
FEATURES = {
    "x86": {
        "AVX2": "avx2",
        "AVX-512": "avx512f",
        "avx512_bf16": "avx512_bf16",
        "AMX": "amx_bf16",
    },
    "arm": {"asimd": "asimd", "bf16": "bf16", "sve": "sve"},
}
KINDS = {"x86_64": "x86", "amd64": "x86", "aarch64": "arm", "arm64": "arm"}
SPARE_MEMORY = 3.0  # GB that the road's largest training wants to find free
LEAST_MEMORY = 1.0
SHARED_MEMORY = 0.25  # GB of /dev/shm, through which batches travel
FILES = 1024  # open at once


def look(place: Place) -> Iterator[Advice]:
    """Everything of this file."""
    yield from processor(place)
    yield from memory(place)
    yield from limits()
    yield from surroundings(place)
    yield from clock(place)


def processor(place: Place) -> Iterator[Advice]:
    """Its name, what it can do, and how many cores there are to use."""
    info = place.read("proc/cpuinfo")
    kind = KINDS.get(platform.machine().lower())
    name = re.search(r"^model name\s*:\s*(.+)$", info, re.MULTILINE)
    words = name[1] if name else platform.processor() or "of unknown name"
    words = f"{words} ({platform.machine()}, {platform.system()} {platform.release()})"
    if kind is None or sys.maxsize < 2**32:
        yield Advice(
            "processor",
            False,
            f"{words}: torch and ONNX Runtime are built for 64 bits of x86-64 and ARM; use such a machine.",
        )
        return
    yield Advice("processor", True, words)
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", info, re.MULTILINE)
    if flags:
        there = set(flags[1].split())
        has = {title: flag in there for title, flag in FEATURES[kind].items()}
        yield _features(has)
    yield _cores(place)


def _features(has: dict[str, bool]) -> Advice:
    words = ", ".join(f"{title} {'yes' if there else 'no'}" for title, there in has.items())
    if has.get("AVX2", True):
        return Advice("features", True, words)
    slow = (
        "without AVX2 networks train several times as slowly; all else is well, so have patience."
    )
    return Advice("features", False, f"{words}: {slow}", stops=False)


def _cores(place: Place) -> Advice:
    cores = usable_cores()
    words = f"{cores} to use"
    share, _, period = place.read("sys/fs/cgroup/cpu.max").strip().partition(" ")
    if share.isdigit() and period.isdigit() and int(share) < cores * int(period):
        allowed = int(share) / int(period)
        words += f", of which a limit grants {allowed:g}; give the container more, or expect waits"
        return Advice("cores", False, f"{words}.", stops=False)
    return Advice("cores", True, words)


def memory(place: Place) -> Iterator[Advice]:
    """What is there, what is free, and what a container is granted."""
    found: dict[str, str] = dict(
        re.findall(r"^(\w+):\s+(\d+) kB", place.read("proc/meminfo"), re.MULTILINE)
    )
    if "MemTotal" not in found:
        yield Advice("memory", True, "not told by this system")
    else:
        total = int(found["MemTotal"]) / 2**20
        free = int(found.get("MemAvailable", found.get("MemFree", "0"))) / 2**20
        words = f"{free:.1f} of {total:.1f} GB free"
        granted = _granted(place)
        if granted is not None and granted < total:
            words += f", a limit grants {granted:.1f} GB"
            free = min(free, granted)
        fine = free >= SPARE_MEMORY
        if not fine:
            words += (
                f"; trainings want {SPARE_MEMORY:.0f} GB, so close programs or raise the limit."
            )
        yield Advice("memory", fine, words, stops=free < LEAST_MEMORY)
    yield from _shared_memory(place)


def _granted(place: Place) -> float | None:
    for path in ("sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes"):
        text = place.read(path).strip()
        if text.isdigit():
            return int(text) / 2**30
    return None


def _shared_memory(place: Place) -> Iterator[Advice]:
    folder = place.system / "dev/shm"
    if folder.is_dir():
        size = shutil.disk_usage(folder).total / 2**30
        if size < SHARED_MEMORY:
            words = f"/dev/shm has {size * 1024:.0f} MB; start the container with --shm-size=1g."
            yield Advice("shared", False, words, stops=False)


def limits() -> Iterator[Advice]:
    """What the shell lets a process have (``ulimit``)."""
    try:
        import resource
    except ImportError:  # Windows has none
        return
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = files != resource.RLIM_INFINITY and files < FILES
    words = f"{files} open files" if files != resource.RLIM_INFINITY else "any number of open files"
    if few:
        words += f", and {FILES} may be wanted; run `ulimit -n {FILES}` in this shell first."
    yield Advice("limits", not few, words, stops=False)
    for name, flag, kind in (
        ("memory", "v", resource.RLIMIT_AS),
        ("processor time", "t", resource.RLIMIT_CPU),
        ("the size of a file", "f", resource.RLIMIT_FSIZE),
    ):
        if resource.getrlimit(kind)[0] != resource.RLIM_INFINITY:
            words = (
                f"{name} is limited; run `ulimit -{flag} unlimited`, or trainings may be killed."
            )
            yield Advice("limits", False, words, stops=False)


def surroundings(place: Place) -> Iterator[Advice]:
    """Whether this is a container, or Linux inside Windows."""
    kernel = place.read("proc/version").lower()
    around = []
    if "microsoft" in kernel:
        around.append("WSL")
        if re.match(r"/mnt/[a-z]/", f"{place.root.as_posix()}/"):
            words = f"{place.root} lies on the disk of Windows, many times slower; clone it into ~."
            yield Advice("around", False, f"WSL: {words}", stops=False)
    marks = {".dockerenv": "Docker", "run/.containerenv": "Podman"}
    around += [name for path, name in marks.items() if (place.system / path).exists()]
    if "KUBERNETES_SERVICE_HOST" in place.environment:
        around.append("Kubernetes")
    yield Advice("around", True, f"in {', '.join(around)}" if around else "no container is seen")


def clock(place: Place) -> Iterator[Advice]:
    """The time; a clock that is behind the files makes `make` take old for new."""
    now = time.time()
    words = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now))
    names = ("pyproject.toml", "dvc.yaml", "params.yaml", ".git/HEAD", ".git/index")
    ahead = [
        name
        for name in names
        if (place.root / name).exists() and (place.root / name).stat().st_mtime > now + 60
    ]
    if ahead:
        words += f", and {ahead[0]} was changed after that; set the clock, then `touch {ahead[0]}`."
    yield Advice("clock", not ahead, words, stops=False)
