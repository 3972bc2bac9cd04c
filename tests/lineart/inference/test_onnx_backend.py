"""ONNX files that are none of ours, devices that are not there, and how many threads read."""

import os

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from lineart.catalogue.cards import card_of_onnx
from lineart.catalogue.onnx_file import default_threads, read_metadata
from lineart.errors import InputError
from lineart.inference.onnx_backend import OnnxBackend


def write_graph(path, inputs, outputs):
    """A graph that hands each input on as an output."""
    nodes = [helper.make_node("Identity", [i], [o]) for i, o in zip(inputs, outputs, strict=True)]
    sizes = ["1", "3", "height", "width"]
    values = [
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, sizes) for name in names]
        for names in (inputs, outputs)
    ]
    model = helper.make_model(
        helper.make_graph(nodes, "toy", *values), opset_imports=[helper.make_opsetid("", 17)]
    )
    model.ir_version = 8
    onnx.save(model, path)
    return path


def test_the_first_plane_of_the_answer_is_the_ink(tmp_path):
    """A toy that hands the picture on; it says nothing of itself and needs no means."""
    backend = OnnxBackend(write_graph(tmp_path / "toy.onnx", ["picture"], ["ink"]))
    planes = np.random.default_rng(0).random((1, 3, 5, 7), np.float32)
    assert np.array_equal(backend.ink(planes), planes[0, 0])
    assert backend.means(planes, (slice(0, 5), slice(0, 7))) is None
    assert backend.metadata == {}
    assert not backend.whole


def test_means_are_those_of_the_blocks_in_the_core(tmp_path):
    """The toy's blocks are its pixels: of 3 x 4 blocks the core keeps the lower right 2 x 2."""
    path = write_graph(tmp_path / "toy.onnx", ["picture", "other"], ["means", "ink"])
    model = onnx.load(path)
    model.graph.initializer.append(
        onnx.numpy_helper.from_array(np.zeros((1, 3, 1, 1), np.float32), "other")
    )
    onnx.save(model, path)
    blocks = np.arange(36, dtype=np.float32).reshape(1, 3, 3, 4)
    means = OnnxBackend(path).means(blocks, (slice(32, 96), slice(64, 128)))
    assert means.tolist() == [[8.5, 20.5, 32.5]]  # of 6, 7, 10, 11, then 12 and 24 more


def test_files_that_are_no_network_of_ours(tmp_path):
    missing, text = tmp_path / "missing.onnx", tmp_path / "text.onnx"
    with pytest.raises(InputError, match=r"There is no file .*missing\.onnx"):
        OnnxBackend(missing)
    for content in (b"", b"not a network", b"\x08\x08"):
        text.write_bytes(content)
        with pytest.raises(InputError, match=r"text\.onnx (cannot be read|is not of our making)"):
            OnnxBackend(text)
    for inputs, outputs in (
        (["x"], ["ink"]),
        (["picture"], ["y"]),
        (["picture", "z"], ["ink", "y"]),
    ):
        path = write_graph(tmp_path / "foreign.onnx", inputs, outputs)
        with pytest.raises(InputError, match=f"it asks for {', '.join(inputs)} and gives"):
            read_metadata(path)


def test_devices(tmp_path):
    path = write_graph(tmp_path / "toy.onnx", ["picture"], ["ink"])
    assert OnnxBackend(path, "cpu").session.get_providers() == ["CPUExecutionProvider"]
    with pytest.raises(InputError, match="There is no device of ONNX Runtime 'mps'"):
        OnnxBackend(path, "mps")
    with pytest.raises(InputError, match="This ONNX Runtime cannot use cuda:0"):
        OnnxBackend(path, "cuda:0")


def test_threads(tmp_path, monkeypatch):
    path = write_graph(tmp_path / "toy.onnx", ["picture"], ["ink"])
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert default_threads() == 3
    assert OnnxBackend(path).session.get_session_options().intra_op_num_threads == 3
    assert OnnxBackend(path, threads=2).session.get_session_options().intra_op_num_threads == 2
    for nonsense in ("", "0", "many"):
        monkeypatch.setenv("OMP_NUM_THREADS", nonsense)
        assert 1 <= default_threads() <= os.cpu_count()


def test_nothing_is_said(tmp_path, capfd):
    path = write_graph(tmp_path / "toy.onnx", ["picture"], ["ink"])
    OnnxBackend(path).ink(np.zeros((1, 3, 2, 2), np.float32))
    assert capfd.readouterr() == ("", "")


def test_scores_that_another_program_wrote_are_left_out(tmp_path):
    path = write_graph(tmp_path / "toy.onnx", ["picture"], ["ink"])
    model = onnx.load(path)
    helper.set_model_props(model, {"scores": "good", "licence": "MIT"})
    onnx.save(model, path)
    card = card_of_onnx(path)
    assert (card.scores, card.licence) == ({}, "MIT")
