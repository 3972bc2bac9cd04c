"""An exported network answers as torch does, and the file says what it is."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from lineart import Extractor
from lineart.catalogue.onnx_file import read_metadata
from lineart.catalogue.store import find_model
from lineart.errors import InputError
from lineart.export import command as exporting
from lineart.export import graph as export_graph
from lineart.export.command import CORE, TILE, check, export, main, metadata_of
from lineart.export.graph import Shuffled, fits_half, onnx_bytes
from lineart.inference.network import NetworkExtractor
from lineart.inference.onnx_backend import OnnxBackend
from lineart.models import LineModel, create_model
from lineart.models.parts.rsu import TransposedConv
from lineart.runs import load_network, save_weights, write_json

TINY = {"preset": "tiny"}
CASES = {
    "clearnet": TINY,
    "clearnet-se-after-concat": {**TINY, "se_after_concat": True, "deep_supervision": True},
    "clearnet-swift": {**TINY, "factor": 2},
    "clearnet-swift-fusion": {**TINY, "factor": 2, "side_aggregation": False},
    "clearnet-fusion": {**TINY, "side_aggregation": False, "upsampling": "resize"},
    "u2netp": {},
    "teed": {},
    "pidinet": {"preset": "tiny-l"},
    "dexined": {},
}


def network_of(name: str) -> LineModel:
    """With statistics and a temperature that no one starts with, in evaluation mode."""
    torch.manual_seed(0)
    model = create_model(name.partition("-")[0], **CASES[name])
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 2)
            nn.init.normal_(module.bias, std=0.2)
            nn.init.uniform_(module.running_var, 0.5, 2)
    model.tau.fill_(0.8)
    return model.eval()


@pytest.fixture
def tiny() -> LineModel:
    return network_of("clearnet")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder with weights in float16, exported by the command."""
    folder = tmp_path_factory.mktemp("models") / "mine"
    settings = {"model": "clearnet", "kind": "network", "arguments": TINY}
    write_json(folder / "settings.json", {**settings, "data": "d1", "commit": "c1"})
    card = {"license": "MIT", "source": "a test", "crops": 7, "scores": {"test": {"mae": 0.5}}}
    write_json(folder / "card.json", card)
    halves = {
        name: value.half() if value.is_floating_point() else value
        for name, value in network_of("clearnet").state_dict().items()
    }
    save_weights(folder / "model.safetensors", halves)
    main([str(folder)])
    return folder


@pytest.fixture
def run(exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same without the ONNX file, which comes without tracing a second time."""
    data = (exported / "model.onnx").read_bytes()
    monkeypatch.setattr(export_graph, "onnx_bytes", lambda network, metadata: data)
    folder = tmp_path / "run"
    shutil.copytree(exported, folder, ignore=shutil.ignore_patterns("*.onnx"))
    return folder


@pytest.mark.parametrize("name", CASES)
def test_sizes_that_were_not_traced_answer_as_the_network_itself(name, tmp_path):
    network = network_of(name)
    path = tmp_path / "model.onnx"
    path.write_bytes(onnx_bytes(network, {}))
    backend = OnnxBackend(path)
    sizes = ((1, 1), (6, 50), (64, 32), (71, 45))
    for height, width in sizes[-1:] if name == "dexined" else sizes:  # the large one takes its time
        planes = np.random.default_rng(height).random((1, 3, height, width), np.float32)
        with torch.no_grad():
            wanted = network.ink(torch.from_numpy(planes))[0, 0].numpy()
        found = backend.ink(planes)
        assert (found.shape, found.dtype) == ((height, width), np.float32)
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-5)


def test_a_tile_is_read_with_the_means_of_the_whole(exported):
    ours = OnnxBackend(exported / "model.onnx")
    torchs = NetworkExtractor(load_network(exported), "cpu", bfloat16=False)
    planes = np.random.default_rng(0).random((1, 3, *TILE), np.float32)
    means = ours.means(planes, CORE)
    assert means.shape == (1, 64)
    np.testing.assert_allclose(means, torchs.means(planes, CORE), rtol=1e-4)
    whole = ours.means(planes, (slice(0, TILE[0]), slice(0, TILE[1])))
    np.testing.assert_allclose(ours.ink(planes, whole), ours.ink(planes), rtol=0, atol=1e-6)
    others = 5 * means
    assert np.abs(ours.ink(planes, others) - ours.ink(planes)).max() > 1e-4
    wanted = torchs.ink(planes, others)
    np.testing.assert_allclose(ours.ink(planes, others), wanted, rtol=0, atol=1e-5)


def test_a_transposed_convolution_becomes_a_shuffle():
    torch.manual_seed(0)
    enlarge, low = TransposedConv(3), torch.rand(1, 3, 4, 7)
    wanted = enlarge(low, torch.empty(8, 14))
    torch.testing.assert_close(Shuffled(enlarge)(low, wanted), wanted, rtol=0, atol=1e-6)


def test_the_same_weights_give_the_same_bytes(exported):
    card, network = find_model(exported), load_network(exported)
    again = onnx_bytes(network, metadata_of(network, card))
    assert again == (exported / "model.onnx").read_bytes()


def test_weights_that_were_float16_stay_so(exported):
    stored = [
        onnx.numpy_helper.to_array(weights)
        for weights in onnx.load(exported / "model.onnx").graph.initializer
    ]
    halves = sum(values.size for values in stored if values.dtype == np.float16)
    assert halves > 0.8 * sum(values.size for values in stored)
    assert fits_half(np.float32([1, 0.5]))
    assert not fits_half(np.array([1.0, 0.5]))


def test_the_command_puts_it_where_the_run_is_found(run, capsys):
    main([str(run)])
    assert "answers as torch does" in capsys.readouterr().out
    assert find_model(run).onnx == run / "model.onnx"
    picture = np.random.default_rng(1).random((40, 70, 3), np.float32)
    both = [Extractor(run, backend=backend)(picture) for backend in ("onnx", "torch")]
    np.testing.assert_allclose(*both, rtol=0, atol=1e-5)
    main([str(run)])
    assert "was up to date" in capsys.readouterr().out


def test_what_the_file_says_of_itself(exported):
    about = read_metadata(exported / "model.onnx")
    said = {key: about[key] for key in ("model", "licence", "source", "data", "commit", "crops")}
    assert said == {
        **{"model": "clearnet", "licence": "MIT", "source": "a test"},
        **{"data": "d1", "commit": "c1", "crops": "7"},
    }
    assert json.loads(about["scores"]) == {"test": {"mae": 0.5}}
    assert float(about["tau"]) == pytest.approx(0.8, abs=1e-3)
    assert int(about["parameters"]) == 129542
    weights = (exported / "model.safetensors").read_bytes()
    assert about["weights_sha256"] == hashlib.sha256(weights).hexdigest()


@pytest.mark.parametrize("name", ["clearnet", "clearnet-swift"])
def test_a_file_says_how_large_its_tiles_are(name, tmp_path):
    network = network_of(name)
    export(network, tmp_path / "model.onnx")
    ours = OnnxBackend(tmp_path / "model.onnx")
    assert ours.tile == NetworkExtractor(network, "cpu", bfloat16=False).tile
    assert ours.tile == (832 if name == "clearnet" else 1344)


def test_unknown_facts_are_left_out(tiny):
    assert set(metadata_of(tiny)) == {"model", "parameters", "tau", "interface", "version"}


def test_a_file_that_differs_is_replaced_only_if_told(run, tmp_path):
    path = tmp_path / "kept.onnx"
    path.write_bytes(b"somebody's")
    with pytest.raises(InputError, match=r"kept\.onnx is there already and differs.*--overwrite"):
        main([str(run), "-o", str(path)])
    assert path.read_bytes() == b"somebody's"
    main([str(run), "-o", str(path), "--overwrite"])
    assert read_metadata(path)["model"] == "clearnet"


def test_a_network_that_does_not_count_is_not_written(tiny, tmp_path):
    with torch.no_grad():
        tiny.aggregate.local.pointwise.weight.fill_(torch.nan)
    with pytest.raises(InputError, match="answers otherwise than torch at 1 x 1 pixels"):
        export(tiny, tmp_path / "broken.onnx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("part", "where"), [("ink", "at 1 x 1"), ("means", "in the means"), ("tile", "as a tile")]
)
def test_the_comparison_sees_a_difference(part, where):
    class Flat:
        whole = False

        def __init__(self, wrong: str | None = None):
            self.wrong = wrong

        def ink(self, planes, means=None):
            off = self.wrong == ("ink" if means is None else "tile")
            return np.full(planes.shape[2:], 0.5 + 2e-4 * off, np.float32)

        def means(self, planes, core):
            return np.full((1, 4), 2 + (self.wrong == "means"), np.float32)

    check(Flat(), Flat())
    with pytest.raises(InputError, match=where):
        check(Flat(part), Flat())


def test_what_cannot_be_exported_says_why(tmp_path, run, monkeypatch):
    published = create_model("teed", output="published")
    with pytest.raises(InputError, match="as its authors publish it"):
        export(published, tmp_path / "teed.onnx")
    with pytest.raises(InputError, match=r"has to end in \.onnx"):
        main([str(run), "-o", str(tmp_path / "mine.pt")])
    with pytest.raises(InputError, match="canny is a classical method"):
        main(["canny"])
    main([str(run)])
    with pytest.raises(InputError, match="there as ONNX only"):
        main([str(run / "model.onnx")])
    monkeypatch.setattr(exporting, "installed", lambda library: library != "onnx")
    with pytest.raises(InputError, match=r"needs onnx: pip install 'lineart\[torch,onnx\]'"):
        main([str(run)])
