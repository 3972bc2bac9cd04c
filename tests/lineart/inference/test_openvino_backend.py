"""OpenVINO reads what ONNX Runtime reads, in either precision, and is found out where it does not."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

openvino_backend = pytest.importorskip("lineart.inference.openvino_backend")

from lineart.arithmetic import remembered  # noqa: E402
from lineart.arithmetic.processor import LIMITS  # noqa: E402
from lineart.catalogue.store import find_model  # noqa: E402
from lineart.errors import InputError  # noqa: E402
from lineart.inference.onnx_backend import OnnxBackend  # noqa: E402
from lineart.inference.openvino_backend import OpenVinoBackend  # noqa: E402
from lineart.inference.tiles import read_in_tiles  # noqa: E402

has_bfloat16 = pytest.mark.skipif(
    not openvino_backend.fast_bfloat16(), reason="this processor has none, or may not use it"
)
FAR = {"float32": 1e-5, "bfloat16": 0.03}  # at most, of ink in [0, 1]
CORE = (slice(32, 96), slice(0, 64))


@pytest.fixture(scope="module")
def shipped() -> Path:
    path = find_model("clearnet").onnx
    assert path is not None
    return path


@pytest.fixture(scope="module")
def reference(shipped) -> OnnxBackend:
    return OnnxBackend(shipped)


@pytest.fixture
def memory(tmp_path, monkeypatch) -> Path:
    """Where what was found is remembered, empty."""
    monkeypatch.setattr(remembered, "places", lambda: [tmp_path / "memory.json"])
    return tmp_path / "memory.json"


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).random((1, 3, height, width), np.float32)


@pytest.mark.parametrize("precision", ["float32", pytest.param("bfloat16", marks=has_bfloat16)])
def test_it_answers_as_onnx_runtime_does(shipped, reference, precision):
    """Of any size, with its own means and with given ones, in whatever order sizes come."""
    backend = OpenVinoBackend(shipped, precision)
    assert backend.metadata == reference.metadata
    for planes in (noise(128, 96), noise(75, 107), noise(1, 1), noise(128, 96)):
        apart = np.abs(backend.ink(planes) - reference.ink(planes))
        assert apart.shape == planes.shape[2:]
        assert apart.max() < FAR[precision]
    planes = noise(128, 96)
    means = reference.means(planes, CORE)
    np.testing.assert_allclose(backend.means(planes, CORE), means, rtol=0.05, atol=0.05)
    apart = np.abs(backend.ink(planes, 2 * means) - reference.ink(planes, 2 * means))
    assert apart.max() < FAR[precision]
    other = np.abs(reference.ink(planes, 2 * means) - reference.ink(planes))
    assert other.max() > 10 * FAR["float32"]  # so that given means are seen to count
    assert not np.array_equal(backend.ink(planes, 2 * means), backend.ink(planes))


def test_it_reports_to_no_one():
    """Importing it does by itself, over the network, with an identity kept in the home folder."""
    program = """
import sys, urllib.request
def report(*given, **more):
    raise SystemExit("asked the network: " + str(given[0]))
urllib.request.urlopen = report
from lineart.inference.openvino_backend import fast_bfloat16
fast_bfloat16()
loaded = [name for name in sys.modules if name.startswith("openvino_telemetry")]
print(", ".join(loaded))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "\n", "")


def test_threads_do_not_get_in_each_others_way(shipped):
    backend = OpenVinoBackend(shipped, "float32", threads=1)
    given = [noise(32 * side, 64) for side in (1, 2, 3, 4)] * 2
    alone = [backend.ink(planes) for planes in given]
    with ThreadPoolExecutor(4) as pool:
        for one, other in zip(alone, pool.map(backend.ink, given), strict=True):
            np.testing.assert_array_equal(one, other)


def test_tiles(shipped, reference):
    picture = np.random.default_rng(1).integers(0, 256, (420, 300, 3), np.uint8)
    found, wanted = (
        read_in_tiles(backend, picture, 352, 160)
        for backend in (OpenVinoBackend(shipped, "float32"), reference)
    )
    np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize(
    ("off", "wanted"),
    [
        pytest.param(0.0, "bfloat16", marks=has_bfloat16),
        pytest.param(0.5, "float32", marks=has_bfloat16),
        pytest.param(np.nan, "float32", marks=has_bfloat16),
    ],
)
def test_a_processor_that_is_wrong_reads_in_float32(shipped, memory, monkeypatch, off, wanted):
    """What it answers in bfloat16 is made wrong here; it is tried once, and then remembered."""
    monkeypatch.setattr(openvino_backend, "fast_bfloat16", lambda: True)
    tried = []

    class Planted(OpenVinoBackend):
        def ink(self, planes, means=None):
            tried.append(self.precision)
            return super().ink(planes, means) + (off if self.precision == "bfloat16" else 0)

    assert Planted(shipped).precision == wanted
    assert tried == ["bfloat16", "float32"]
    assert Planted(shipped).precision == wanted
    assert len(tried) == 2
    assert "OpenVINO" in memory.read_text(encoding="utf-8")


def test_a_network_that_cannot_be_built_in_bfloat16_reads_in_float32(shipped, memory, monkeypatch):
    """As OpenVINO answers where its library of arithmetic is held at AVX2."""
    monkeypatch.setattr(openvino_backend, "fast_bfloat16", lambda: True)

    class Planted(OpenVinoBackend):
        def _compile(self, output, precision):
            if precision == "bfloat16":
                raise RuntimeError("list is empty\nfor node Pooling")
            return super()._compile(output, precision)

    backend = Planted(shipped)
    assert backend.precision == "float32"
    assert backend.ink(noise(32, 32)).shape == (32, 32)
    assert "list is empty for node Pooling" in memory.read_text(encoding="utf-8")


def test_bfloat16_where_there_is_none_is_refused(shipped, monkeypatch):
    monkeypatch.setattr(openvino_backend, "fast_bfloat16", lambda: False)
    with pytest.raises(InputError, match=r"no bfloat16 here .*take the precision float32"):
        OpenVinoBackend(shipped, "bfloat16")


@pytest.mark.parametrize("limit", ["AVX2", "avx512_core"])
def test_a_processor_that_may_not_reads_in_float32(shipped, memory, monkeypatch, limit):
    monkeypatch.setenv(LIMITS[0], limit)
    assert OpenVinoBackend(shipped).precision == "float32"
    assert not memory.exists()


def test_a_network_without_means_and_files_that_are_none_of_ours(tmp_path):
    def toy(name: str, inside: str, outside: str) -> Path:
        values = [
            helper.make_tensor_value_info(one, TensorProto.FLOAT, ["1", "3", "height", "width"])
            for one in (inside, outside)
        ]
        node = helper.make_node("Relu", [inside], [outside])
        graph = helper.make_graph([node], "toy", values[:1], values[1:])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        onnx.save(model, tmp_path / name)
        return tmp_path / name

    backend = OpenVinoBackend(toy("toy.onnx", "picture", "ink"), "float32")
    assert np.array_equal(backend.ink(noise(5, 7)), noise(5, 7)[0, 0])
    assert backend.means(noise(32, 32), CORE) is None
    assert backend.metadata == {}
    with pytest.raises(InputError, match=r"foreign\.onnx is not of our making: it asks for x and"):
        OpenVinoBackend(toy("foreign.onnx", "x", "ink"))
    (tmp_path / "text.onnx").write_text("not a network")
    with pytest.raises(InputError, match=r"text\.onnx cannot be read as a network \("):
        OpenVinoBackend(tmp_path / "text.onnx")
    with pytest.raises(InputError, match=r"There is no file .*missing\.onnx"):
        OpenVinoBackend(tmp_path / "missing.onnx")
