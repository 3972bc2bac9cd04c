"""Line art without torch, and without anything else that is not installed by default."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lineart import Extractor
from lineart.catalogue.store import find_model
from lineart.pictures.images import encode_png

EXTRAS = (
    "torch",
    "safetensors",
    "lightning",
    "pandas",
    "scipy",
    "skimage",
    "onnx",
    "openvino",
    "gradio",
)

BLOCKED = f"""
import importlib.abc, json, sys

class Nothing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {EXTRAS!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Nothing())
"""


def run(program: str, *values: object) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *map(str, values)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pixels = np.full((48, 64, 3), 255, np.uint8)
    pixels[10:14, 8:56] = (30, 10, 60)
    pixels[20:40, 20:44] = (200, 120, 40)
    path = tmp_path_factory.mktemp("pictures") / "bar.png"
    path.write_bytes(encode_png(pixels))
    return path


def test_nothing_is_kept_in_the_home_folder(picture, tmp_path, monkeypatch):
    """Libraries that report to their makers keep an identity there."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY", raising=False)
    run("import sys\n" + READ, picture, "clearnet")
    assert list(tmp_path.iterdir()) == []


READ = """
import numpy as np
from lineart import Extractor
for name in sys.argv[2:]:
    np.save(f"{sys.argv[1]}.{name}.npy", Extractor(name)(sys.argv[1]))
"""


@pytest.mark.parametrize("model", ["difference_of_gaussians", "clearnet"])
def test_reading_needs_none_of_the_extras(model, picture):
    run(BLOCKED + READ, picture, model)
    backend = "torch" if model == "clearnet" else "auto"
    wanted = Extractor(model, backend=backend, device="cpu")(picture)
    assert wanted.max() > 0.3
    np.testing.assert_allclose(np.load(f"{picture}.{model}.npy"), wanted, atol=1e-4)


def test_models_are_listed_without_the_extras():
    shown = run(BLOCKED + "from lineart.catalogue.listing import main\nmain([])")
    assert "clearnet" in shown
    assert "canny" in shown


def test_what_needs_torch_says_so_without_it(tmp_path):
    card = find_model("clearnet")
    assert card.path is not None
    for name in ("settings.json", "model.safetensors"):
        (tmp_path / name).write_bytes((card.path / name).read_bytes())
    program = (
        "from lineart import Extractor\nfrom lineart.errors import InputError\n"
        "try:\n    Extractor(sys.argv[1] + '/model.safetensors')\n"
        "except InputError as error:\n    print(error)"
    )
    assert "needs torch: pip install 'lineart[torch]'" in run(BLOCKED + program, tmp_path)


def test_torch_is_not_imported_for_nothing(picture):
    """Where it is installed, a picture is still read without its start-up."""
    program = (
        "import json, sys\nfrom lineart import Extractor\nimport lineart.extract.command\n"
        "Extractor('canny')(sys.argv[1])\n"
        f"print(json.dumps(sorted(set({EXTRAS!r}) & set(sys.modules))))"
    )
    assert json.loads(run(program, picture)) == []
