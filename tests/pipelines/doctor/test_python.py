"""Pythons that do not fit, environments that were moved, packages that are missing or do not load."""

import os
import sys
from importlib import metadata
from pathlib import Path

import pytest

from dataset_tools.advice import Advice
from pipelines.doctor import libraries, python
from pipelines.doctor.place import Answer, Place, ask

PROJECT = """
[project]
name = "lineart"
requires-python = ">=3.11"
dependencies = ["numpy>=2.0,<2.3", "pyyaml"]
[project.optional-dependencies]
torch = ["torch>=2.11"]
road = [
    "lineart[torch]",  # of its own
    "uvicorn[standard] ; sys_platform != 'x'",
]
dev = ["pytest"]
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    pins = "# the pins\nnumpy==2.2.6; python_version < '4'\nnumpy==9; python_version >= '4'\n"
    (tmp_path / "constraints.txt").write_text(f"{pins}torch==2.13.0\n")
    return Place(tmp_path, {})


def said(seen: object) -> list[str]:
    return [advice.line(0) for advice in seen]  # type: ignore[attr-defined]


@pytest.mark.parametrize("version", [(3, 9, 2), (3, 14, 0)])
def test_a_python_that_does_not_fit(
    version: tuple[int, ...], place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    seen = python.version(place)
    assert seen.stops
    assert seen.words.endswith(
        "and >=3.11,<3.14 is wanted; install one that fits, and: make PYTHON=python3.11 install"
    )
    (place.root / "pyproject.toml").unlink()
    assert python.version(place).fine


def test_the_road_takes_what_make_takes() -> None:
    root = Path(__file__).parents[3]
    makefile = (root / "Makefile").read_text()
    taken = [minor for minor in range(9, 20) if f"(3, {minor})" in makefile.splitlines()[2]]
    wanted = python.wanted_version(Place(root, {}))
    assert taken == [minor for minor in range(9, 20) if python.fits((3, minor), wanted)]


def test_environments(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.setattr(python, "home_of_lineart", lambda: None)
    assert said(python.environment(place)) == ["odd  venv there is none yet; make install"]
    monkeypatch.setattr(python, "find_spec", lambda name: None)
    assert "apt install python3-venv" in said(python.environment(place))[0]
    folder = place.root / ".venv"
    (folder / "bin").mkdir(parents=True)
    assert said(python.environment(place)) == [
        f"BAD  venv {folder} has no Python that runs; rm -rf .venv && make install"
    ]
    (folder / "bin/python").touch()
    assert "has no pip" in said(python.environment(place))[0]
    (folder / "bin/pip").write_text(f"#!{folder}/bin/python\n")
    assert said(python.environment(place))[0].startswith("odd  venv")
    (folder / ".installed").touch()
    assert said(python.environment(place)) == [f"ok   venv {folder}"]
    (folder / "bin/pip").write_text("#!/gone/.venv/bin/python\n")
    (moved,) = said(python.environment(place))
    assert moved.startswith("BAD  venv")
    assert "was moved or copied, its programs ask for /gone/.venv/bin/python" in moved


def test_the_package_of_another_folder(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python, "home_of_lineart", lambda: Path("/elsewhere"))
    last = list(python.environment(place))[-1]
    assert last.what == "lineart"
    assert f"is the one of /elsewhere, not of {place.root}; " in last.words


def test_where_packages_come_from(place: Place) -> None:
    settings = place.root / "pip.conf"
    settings.write_text("[global]\nindex-url = https://me:s3cret@z/s3cret/simple\ntimeout = 9\n")
    environment = {
        "PIP_CONFIG_FILE": str(settings),
        "PIP_EXTRA_INDEX_URL": "https://a:s3cret@x/s3cret y",
        "PYTHONPATH": "/other",
    }
    seen = said(python.sources(Place(place.root, environment)))
    assert "ok   packages PIP_EXTRA_INDEX_URL=https://***@x y" in seen
    assert "ok   packages pip: global.index-url=https://***@z" in seen
    assert "ok   variables PYTHONPATH=/other" in seen
    assert "s3cret" not in "".join(seen)
    (wrong,) = said(python.sources(Place(place.root, {"PYTHONHOME": "/wrong"})))
    assert wrong.endswith("leads Python astray; unset PYTHONHOME.")


def test_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python.locale, "getpreferredencoding", lambda ask: "ISO-8859-1")
    seen = python.letters()
    assert not seen.fine
    assert "export PYTHONUTF8=1" in seen.words


def test_what_the_road_asks_for(place: Place) -> None:
    assert libraries.requirements(place) == {
        "numpy": ">=2.0,<2.3",
        "pyyaml": "",
        "torch": ">=2.11",
        "uvicorn": "",
    }
    assert "mlflow" in libraries.requirements(Place(Path(__file__).parents[3], {}))


def planted(monkeypatch: pytest.MonkeyPatch, **versions: str | None) -> None:
    monkeypatch.setattr(libraries, "installed", lambda name: versions.get(name))
    monkeypatch.setattr(libraries, "loads", lambda place: [])


def test_packages_missing_old_and_other(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    planted(monkeypatch, numpy="1.26.4", torch="2.13.0+cpu")
    assert said(libraries.packages(place)) == [
        "odd  wanted 2 of 4 packages are not installed yet; make install"
    ]
    (place.root / ".venv").mkdir()
    monkeypatch.setattr(sys, "prefix", str(place.root / ".venv"))
    assert said(libraries.packages(place))[0].startswith("odd  wanted 2 of 4")  # broken off
    (place.root / ".venv/.installed").touch()
    again = "rm -f .venv/.installed && make install"
    assert said(libraries.packages(place)) == [
        f"BAD  wanted not installed: pyyaml, uvicorn; {again}",
        f"BAD  wanted numpy 1.26.4 (>=2.0,<2.3 is wanted); {again}",
        f"odd  pins not as in constraints.txt: numpy 1.26.4 (2.2.6); figures may differ: {again}",
    ]
    planted(monkeypatch, numpy="2.2.6", torch="2.13.0+cpu", pyyaml="6", uvicorn="1")
    assert said(libraries.packages(place)) == [
        "ok   wanted all 4 packages of the road are there",
        "ok   pins all as in constraints.txt",
    ]


@pytest.mark.parametrize(
    "text", ["[project", "[other]\n", "[project]\ndependencies = 5\nname = 'a'\n"]
)
def test_a_project_file_that_is_torn(place: Place, text: str) -> None:
    (place.root / "pyproject.toml").write_text(text)
    (seen,) = libraries.packages(place)
    assert seen.stops
    assert "git checkout pyproject.toml" in seen.words


def test_what_does_not_load(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "torn.py").write_text("raise OSError('libGL.so.1: no such file')")
    (tmp_path / "whole.py").write_text("__version__ = '1.2'")
    (tmp_path / "deadly.py").write_text("import os; os.kill(os.getpid(), 11)")
    monkeypatch.setattr(libraries, "find_spec", lambda name: object())
    bare = Place(tmp_path, {"PYTHONPATH": str(tmp_path)})

    def of(*names: str) -> Advice:
        monkeypatch.setattr(libraries, "COMPILED", names)
        (seen,) = libraries.loads(bare)
        return seen

    assert of("whole") == Advice("loads", True, "whole 1.2")
    assert of("whole", "torn").words.startswith("torn (OSError: libGL.so.1: no such file); rm -f")
    assert of("deadly").words.startswith("deadly ends Python (killed by SIGSEGV); rm -f")


def test_torch_that_is_missing_or_torn(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "find_spec", lambda name: None)
    assert said(libraries.arithmetic(place)) == ["odd  torch is not installed yet; make install"]
    monkeypatch.setattr(libraries, "find_spec", lambda name: object())
    monkeypatch.setattr(libraries, "ask", lambda *_: Answer(False, "killed by SIGILL"))
    (seen,) = libraries.arithmetic(place)
    assert seen.stops
    assert seen.words.startswith("does not load (killed by SIGILL); rm -f .venv/.installed")


def test_torch_as_it_is(place: Place) -> None:
    seen = {a.what: a for a in libraries.arithmetic(Place(place.root, dict(os.environ)))}
    assert seen["torch"].words.startswith(metadata.version("torch").partition("+")[0])
    assert seen["oneDNN"].words[0].isdigit()


def test_variables_that_change_arithmetic(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "usable_cores", lambda: 8)
    given = {"DNNL_MAX_CPU_ISA": "AVX2", "OMP_NUM_THREADS": "1", "HOME": "/home/me"}
    assert said(libraries.variables(Place(place.root, given))) == [
        "ok   variables DNNL_MAX_CPU_ISA=AVX2",
        "odd  variables OMP_NUM_THREADS=1, and there are 8 cores; unset OMP_NUM_THREADS.",
    ]


def test_a_program_is_asked_and_nothing_is_raised(place: Place) -> None:
    def of(*command: str, patience: float = 60) -> Answer:
        return ask([sys.executable, "-c", *command], place, patience)

    assert of("print('well')") == Answer(True, "well")
    assert of("import sys; sys.exit('first\\nlast')") == Answer(False, "last")
    assert of("import sys; sys.exit(3)") == Answer(False, "exit status 3")
    assert of("import time; time.sleep(60)", patience=0.2).words.startswith("no answer in")
    assert ask(["/no/such/program"], place).missing
    assert ask([str(place.root)], place).missing
