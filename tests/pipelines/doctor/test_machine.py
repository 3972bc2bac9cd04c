"""Machines, as /proc and /sys tell of them."""

import os
import resource
import time
from pathlib import Path

import pytest

from dataset_tools.advice import Advice
from pipelines.doctor import disk, machine
from pipelines.doctor.place import Place

OLD = "model name\t: Some Processor\nflags\t\t: fpu sse4_2 avx\n"
NEW = "model name\t: Some Processor\nflags\t\t: avx2 avx512f avx512_bf16 amx_bf16\n"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "root").mkdir()
    return Place(tmp_path / "root", {}, tmp_path / "system")


def plant(place: Place, path: str, text: str = "") -> None:
    (place.system / path).parent.mkdir(parents=True, exist_ok=True)
    (place.system / path).write_text(text)


def one(seen: object, what: str) -> Advice:
    (advice,) = [advice for advice in seen if advice.what == what]  # type: ignore[attr-defined]
    return advice


def test_features_decide_the_arithmetic(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    plant(place, "proc/cpuinfo", NEW)
    features = one(machine.processor(place), "features")
    assert features.line() == "ok   features  AVX2 yes, AVX-512 yes, avx512_bf16 yes, AMX yes"
    plant(place, "proc/cpuinfo", OLD)
    features = one(machine.processor(place), "features")
    assert (features.fine, features.stops) == (False, False)
    assert features.words.startswith("AVX2 no, AVX-512 no, avx512_bf16 no, AMX no: without AVX2")


def test_another_kind_of_processor(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    (only,) = machine.processor(place)
    assert not only.fine
    assert only.stops
    assert "x86-64 and ARM" in only.words


def test_a_container_with_half_a_core(place: Place) -> None:
    plant(place, "sys/fs/cgroup/cpu.max", "50000 100000\n")
    cores = one(machine.processor(place), "cores")
    assert not cores.fine
    assert "a limit grants 0.5; give the container more" in cores.words
    plant(place, "sys/fs/cgroup/cpu.max", "max 100000\n")
    assert one(machine.processor(place), "cores").fine


@pytest.mark.parametrize(
    ("free", "limit", "line"),
    [
        (8, "max", "ok   memory    8.0 of 16.0 GB free"),
        (2, "max", "odd  memory    2.0 of 16.0 GB free; trainings want 3 GB, so close programs or"),
        (
            8,
            str(2**29),
            "BAD  memory    8.0 of 16.0 GB free, a limit grants 0.5 GB; trainings want 3",
        ),
    ],
)
def test_memory(place: Place, free: int, limit: str, line: str) -> None:
    plant(place, "proc/meminfo", f"MemTotal: {16 * 2**20} kB\nMemAvailable: {free * 2**20} kB\n")
    plant(place, "sys/fs/cgroup/memory.max", limit)
    assert one(machine.memory(place), "memory").line().startswith(line)


def test_limits_of_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    def granted(kind: int) -> tuple[int, int]:
        given = {resource.RLIMIT_NOFILE: 64, resource.RLIMIT_CPU: 60}
        return given.get(kind, resource.RLIM_INFINITY), resource.RLIM_INFINITY

    monkeypatch.setattr(resource, "getrlimit", granted)
    files, time_ = machine.limits()
    assert "run `ulimit -n 1024` in this shell first" in files.words
    assert "processor time is limited; run `ulimit -t unlimited`" in time_.words


def test_windows_below_linux_and_a_container(place: Place) -> None:
    plant(place, "proc/version", "Linux version 6 (Microsoft) WSL2")
    plant(place, ".dockerenv")
    windows = Place(Path("/mnt/c/lineart"), {}, place.system)
    slow, around = machine.surroundings(windows)
    assert "clone it into ~" in slow.words
    assert around.words == "in WSL, Docker"


def test_a_clock_that_is_behind(place: Place) -> None:
    file = place.root / "dvc.yaml"
    file.touch()
    assert one(machine.clock(place), "clock").fine
    os.utime(file, (time.time() + 9999,) * 2)
    assert "set the clock, then `touch dvc.yaml`" in one(machine.clock(place), "clock").words


def test_a_full_disk_and_one_that_is_not_ours(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert disk.room("tmp", place.root / "not" / "yet", 0).fine
    full = disk.room("project", place.root, 10**6)
    assert full.line().startswith("BAD  project")
    assert full.words.endswith("and 1e+06 GB are wanted; free some space.")

    def refuse(**_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(disk.tempfile, "TemporaryFile", refuse)
    assert "cannot be written (Read-only file system)" in disk.room("x", place.root, 0).words

    def nowhere() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(disk.tempfile, "gettempdir", nowhere)
    assert "set TMPDIR to one that can" in one(disk.look(place), "tmp").words


def test_the_innermost_disk_counts(place: Place) -> None:
    table = f"/dev/a / ext4 rw 0 0\nhost:/x {place.root.parent}\\040b nfs4 rw 0 0\n"
    plant(place, "proc/mounts", f"{table}host:/y {place.root} nfs4 rw 0 0\n")
    assert "lies on nfs4" in one(disk.look(place), "kind").words
    plant(place, "proc/mounts", table)
    assert disk.kind_of(place.root, place) == "ext4"


def test_the_cache_may_be_elsewhere(place: Place, tmp_path: Path) -> None:
    assert disk.cache_of(place) == place.root / ".dvc/cache"
    (place.root / ".dvc").mkdir()
    (place.root / ".dvc/config").write_text(f"[cache]\n    dir = {tmp_path / 'c'}\n")
    assert disk.cache_of(place) == tmp_path / "c"
