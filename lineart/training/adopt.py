"""Published weights as a row of their own: a checkpoint of others becomes a run folder, untrained.

Nothing is shipped. The weights lie where the user put them; PiDiNet's are for research only, by the
licence of its authors, TEED's and DexiNed's are MIT, U²-Net's Apache-2.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lineart.errors import InputError, unknown_name
from lineart.inference.network import NetworkExtractor
from lineart.metrics.pixels.validation import validate
from lineart.models import PublishedModel, create_model, load_published, parameter_count
from lineart.models.registry import PUBLISHED
from lineart.runs import WEIGHTS, save_weights, write_json
from lineart.sets.pairs import sha256
from lineart.sets.shards import Shards, data_digest
from lineart.settings import require

SUFFIX = "-published"  # of the row's name, so that it stands beside the retrained one


@dataclass(frozen=True)
class AdoptSettings:
    """One entry of the section `published`: a network as its authors left it."""

    weights: str  # path of the checkpoint; PiDiNet's weights are for research only
    model: str | None = None  # a name of PUBLISHED; the entry's own name if empty
    arguments: dict = field(
        default_factory=dict
    )  # of the network, those the checkpoint was made with

    def __post_init__(self) -> None:
        require(self.weights != "", "published.*.weights", self.weights, "the path of a checkpoint")
        if self.model is not None:
            check_network(self.model)

    def network(self, name: str) -> str:
        """The network of the entry called ``name``.

        Raises:
            InputError: if that is no network with published weights.
        """
        check_network(self.model or name)
        return self.model or name


def check_network(name: str) -> None:
    """Refuse a name that is no network whose weights others have published."""
    if name not in PUBLISHED:
        raise unknown_name("network with published weights", name, PUBLISHED)


def check_weights(path: Path) -> None:
    """Refuse a path that leads to no file."""
    if not path.is_file():
        found = "a folder" if path.is_dir() else "not there"
        raise InputError(
            f"The checkpoint {path} is {found}; write the path of the downloaded file."
        )


def row_name(name: str) -> str:
    """The name of the row of an entry.

    >>> row_name("teed")
    'teed-published'
    """
    return f"{name}{SUFFIX}"


def adopt(
    name: str,
    settings: AdoptSettings,
    pictures: int,
    data: Path,
    out: Path,
    about: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Read a published checkpoint and leave a run folder (:mod:`lineart.runs`).

    The network answers by its authors' recipe (``output="published"``); the threshold alone is chosen
    here, on the validation split, as for every other row.

    Args:
        name: of the entry.
        settings: see :class:`AdoptSettings`.
        pictures: how many validation pictures the threshold is chosen on.
        data: the augmented sets.
        out: the run folder.
        about: facts kept with the settings, such as the commit.

    Returns:
        The content of ``summary.json``.

    Raises:
        InputError: for a wrong network or argument, or a file that does not fit; it says what differs.
    """
    network, path = settings.network(name), Path(settings.weights)
    check_weights(path)
    arguments = {**settings.arguments, "output": "published"}
    model = create_model(network, **arguments)
    assert isinstance(model, PublishedModel)
    load_published(model, path)

    row, digest = row_name(name), data_digest(data)
    parameters = parameter_count(model)
    save_weights(out / WEIGHTS, model.state_dict())
    extract = NetworkExtractor(model)
    validation = validate(extract, Shards(data, "val"), pictures)
    validation.write(out)
    write_json(
        out / "settings.json",
        {
            "model": network,
            "kind": "network",  # how it is read; that it was not trained here, the summary says
            "arguments": arguments,
            **(about or {}),
            "data": digest,
        },
    )
    summary = {
        "model": row,
        "kind": "published",
        "parameters": parameters,
        "output": model.output,
        "stretched": model.stretched,  # each answer to its own minimum and maximum
        "weights": path.name,
        "weights_sha256": sha256(path.read_bytes()),
        "threshold": validation.threshold,
        "validation": validation.means,
        "data": digest,
    }
    write_json(out / "summary.json", summary)
    return summary
