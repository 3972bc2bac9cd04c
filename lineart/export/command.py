"""``lineart export``: a network as an ONNX file, which is read without torch, here or elsewhere.

    lineart export                          the model that ships, beside its weights
    lineart export models/mine -o mine.onnx

The file is compared with the network in torch, on pictures of several sizes and as a tile of a larger one,
before it takes its place. What it says of itself: :func:`metadata_of`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lineart import __version__
from lineart.catalogue.cards import ModelCard
from lineart.catalogue.obstacle import GET_TORCH, installed
from lineart.catalogue.store import DEFAULT, find_model
from lineart.errors import InputError
from lineart.inference.backend import Backend
from lineart.inference.onnx_backend import OnnxBackend
from lineart.pictures.decoding import shown
from lineart.pictures.images import write_bytes
from lineart.runs import read_json

if TYPE_CHECKING:
    from lineart.models import LineModel

TOLERANCE = 1e-4  # of ink, between torch and ONNX Runtime; a grey level is 4e-3
SIZES = ((1, 1), (5, 13), (64, 64), (75, 107), (33, 160))  # height and width of what is compared
TILE = (128, 160)
CORE = (slice(32, 96), slice(64, 160))
INTERFACE = (
    "picture: (1, 3, H, W) float32 in [0, 1], RGB, any size; ink: (1, 1, H, W), ink 1, paper 0"
)


def main(argv: list[str]) -> None:
    """The command line.

    Raises:
        InputError: for a model that cannot be exported, or a file that cannot be written.
    """
    parser = argparse.ArgumentParser("lineart export", description="Write a network as ONNX.")
    parser.add_argument(
        "model", nargs="?", default=DEFAULT, help="name or run folder; %(default)s if not given"
    )
    parser.add_argument(
        "-o", "--out", type=Path, metavar="FILE.onnx", help="beside the weights if not given"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a file that differs")
    given = parser.parse_args(argv)
    card = find_model(given.model)
    weights = exportable(card)
    from lineart.runs import load_network

    path = given.out or weights.with_suffix(".onnx")
    network = load_network(weights.parent, weights.name)
    written = export(network, path, card, given.overwrite)
    size = f"{path.stat().st_size / 1e6:.1f} MB"
    print(f"{shown(path)}: {size}, {'answers as torch does' if written else 'was up to date'}")


def exportable(card: ModelCard) -> Path:
    """The weights of a model that can be exported here.

    Raises:
        InputError: if it has none for torch, or a library is missing.
    """
    if card.weights is None:
        why = "a classical method" if card.kind == "classical" else "there as ONNX only"
        raise InputError(
            f"The model {shown(card.name)} is {why}; to export is a network with weights for torch."
        )
    missing = [name for name in ("torch", "safetensors", "onnx") if not installed(name)]
    if missing:
        get = GET_TORCH.replace("torch", "torch,onnx")
        raise InputError(f"Exporting needs {' and '.join(missing)}: {get}.")
    return card.weights


def export(
    network: LineModel, path: Path, card: ModelCard | None = None, overwrite: bool = False
) -> bool:
    """Write a network as ONNX, whole or not at all, and only if it answers as torch does.

    Args:
        network: any of ours.
        path: of the file, ``.onnx``.
        card: of the model, for the metadata.
        overwrite: replace a file that is there and differs.

    Returns:
        Whether it was written; False if the very same file was there.

    Raises:
        InputError: if the network cannot be exported, answers otherwise, or the file must not or cannot be
            written.
    """
    from lineart.export.graph import onnx_bytes
    from lineart.inference.network import NetworkExtractor

    if path.suffix != ".onnx":
        raise InputError(f"The file to write is {shown(path)}; its name has to end in .onnx.")
    torch_backend = NetworkExtractor(network, "cpu", bfloat16=False)
    if torch_backend.whole:
        raise InputError(
            "A network that answers as its authors publish it, stretched by what is in the picture, has no "
            "ONNX; export it with the output sigmoid."
        )
    data = onnx_bytes(network, metadata_of(network, card))
    if path.is_file() and path.read_bytes() == data:
        return False
    if path.exists() and not overwrite:
        raise InputError(
            f"{shown(path)} is there already and differs; name another file, or add --overwrite."
        )
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / path.name
        write_bytes(trial, data)
        check(OnnxBackend(trial), torch_backend)
    write_bytes(path, data)
    return True


def metadata_of(network: LineModel, card: ModelCard | None = None) -> dict[str, str]:
    """What an exported file says of itself.

    ``model``, ``parameters``, ``tau`` (the temperature that is in the graph), ``interface`` and ``version``
    of this package, and ``tile`` (:mod:`lineart.inference.backend`) if it is not the usual one;
    from the card ``licence``, ``source``, ``trained_on``, ``scores`` (JSON), ``weights_sha256``; from the
    run folder ``data`` (digest of the data set), ``commit`` and ``crops`` (how many it was trained on). What
    is not known is left out.
    """
    from lineart.models import LineModel, parameter_count

    about: dict[str, object] = {
        "model": type(network).__name__,
        "parameters": parameter_count(network),
        "tau": f"{float(network.tau):.6g}",
        "interface": INTERFACE,
        "version": __version__,
    }
    if network.tile != LineModel.tile:
        about["tile"] = network.tile
    if card is not None and card.weights is not None:
        run = card.weights.parent
        for name in ("summary.json", "settings.json", "card.json"):
            about |= {key: _read(run / name).get(key) or about.get(key) for key in FROM_RUN}
        about |= {
            "licence": card.licence,
            "source": card.source,
            "trained_on": card.trained_on,
            "scores": json.dumps(card.scores, sort_keys=True),
            "weights_sha256": hashlib.sha256(card.weights.read_bytes()).hexdigest(),
        }
    return {key: str(value) for key, value in sorted(about.items()) if value not in (None, "")}


FROM_RUN = ("model", "data", "commit", "crops")


def _read(path: Path) -> Mapping[str, Any]:
    return read_json(path) if path.is_file() else {}


def check(ours: Backend, reference: Backend) -> None:
    """Compare two backends of one network, on noise, which leaves nothing out.

    Raises:
        InputError: if they differ by more than ``TOLERANCE`` anywhere.
    """
    rng = np.random.default_rng(0)
    for size in (*SIZES, TILE):
        planes = rng.random((1, 3, *size), np.float32)
        _compare(ours.ink(planes), reference.ink(planes), f"at {size[1]} x {size[0]} pixels")
    means, wanted = ours.means(planes, CORE), reference.means(planes, CORE)
    if means is None or wanted is None:
        assert means is wanted, "one of them needs means, the other does not"
        return
    _compare(means / np.abs(wanted).max(), wanted / np.abs(wanted).max(), "in the means of a tile")
    _compare(ours.ink(planes, wanted), reference.ink(planes, wanted), "as a tile")


def _compare(ours: np.ndarray, reference: np.ndarray, where: str) -> None:
    apart = float(np.abs(ours - reference).max()) if ours.shape == reference.shape else np.inf
    if not apart <= TOLERANCE:  # true for what is no number, too
        raise InputError(
            f"ONNX Runtime answers otherwise than torch {where}: they differ by {apart:.2g}, at most "
            f"{TOLERANCE:g} is wanted; the file was not written, train or copy the weights again."
        )
