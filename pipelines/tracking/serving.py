"""A model in MLflow's registry, and how MLflow serves it: base64 of a picture in, base64 of its line art out.

    python -m pipelines.serving                 the model that ships, as a version of `clearnet`
    mlflow models serve -m models:/clearnet/1 --env-manager local --timeout 1800

A version is a run folder (:mod:`lineart.runs`) with a file ``MLmodel`` in it. That file names its door,
:mod:`pipelines.serving`, and the folder is opened as everything else does, so nothing is pickled and the
answer is that of ``lineart extract``. The road registers its own trainings in the same way
(:mod:`pipelines.tracking.champion`).
"""

from __future__ import annotations

import argparse
import base64
import binascii
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE

from lineart.catalogue.store import DEFAULT, find_model
from lineart.errors import InputError
from lineart.extract.outputs import format_named
from lineart.extract.style import Style
from lineart.extract.work import Hand
from lineart.inference.extractor import Extractor
from lineart.pictures.decoding import shown
from lineart.pictures.inputs import decode_sheet
from lineart.runs import WEIGHTS
from lineart.settings import require
from pipelines.tracking.servable import LINE, PICTURE

if TYPE_CHECKING:
    import pandas as pd

# Seconds a request; MLflow's own 60 are too few for 80 megapixels on a small machine.
TIMEOUT = 1800


class Refusal(MlflowException):
    """Bad input, told in a sentence; a server answers 400.

    MLflow's server puts what was sent in front of the message, megabytes of base64. So the message stays as
    it was said first.
    """

    def __init__(self, sentence: str):
        self._sentence = sentence
        super().__init__(sentence, INVALID_PARAMETER_VALUE)

    @property
    def message(self) -> str:
        """The sentence."""
        return self._sentence

    @message.setter
    def message(self, other: str) -> None:
        pass


class Served:
    """What MLflow calls.

    Args:
        model: a name or a path, see :func:`lineart.catalogue.store.find_model`.

    Raises:
        InputError: if there is no such model.
    """

    def __init__(self, model: str | Path):
        self.extractor = Extractor(model)

    def predict(self, data: pd.DataFrame, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Draw pictures.

        Args:
            data: column ``picture``, a picture file in base64 a row.
            params: ``format`` of :data:`lineart.extract.outputs.FORMATS`, and the fields of
                :class:`lineart.extract.style.Style`.

        Returns:
            Column ``line``, a file in base64 a row.

        Raises:
            Refusal: for what is no picture or no setting.
        """
        import pandas as pd

        try:
            look = dict(params or {})
            form = str(look.pop("format", "png"))
            format_named(form)
            hand = Hand(self.extractor, Style(**look), form)
            lines = [self._draw(text, hand, row) for row, text in enumerate(data[PICTURE], start=1)]
        except InputError as error:
            raise Refusal(str(error)) from error
        return pd.DataFrame({LINE: lines})

    def _draw(self, text: str, hand: Hand, row: int) -> str:
        sheet = decode_sheet(from_base64(text, row), f"picture {row}")
        return base64.b64encode(hand.encoded(sheet)).decode()


def from_base64(text: str, row: int) -> bytes:
    """The bytes behind base64, which may be broken into lines or follow ``data:image/png;base64,``.

    Raises:
        InputError: if it is none, or nothing.
    """
    if not isinstance(text, str):
        raise InputError(f"Picture {row} is no text; send the bytes of a picture file in base64.")
    joined = "".join(text.split())
    if joined.startswith("data:"):
        joined = joined.partition(",")[2]
    try:
        data = base64.b64decode(joined, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError(
            f"Picture {row} is no base64 ({error}); send the bytes of a picture file in base64."
        ) from error
    if not data:
        raise InputError(f"Picture {row} is empty; send the bytes of a picture file in base64.")
    return data


def _load_pyfunc(folder: str) -> Served:
    """Called by MLflow with the folder that holds ``MLmodel``."""
    return Served(Path(folder))


def register(model: str = DEFAULT, name: str | None = None) -> Any:
    """Make a model a version of a registered model; the one there is if these weights are registered.

    Args:
        model: a name or the path of a run folder with weights.
        name: of the registered model; the name of the network if not given.

    Returns:
        MLflow's version.

    Raises:
        InputError: if there is no such model, it has no weights, or the name is none that MLflow takes.
        MlflowException: among :data:`pipelines.tracking.failures.FAILURES`, if MLflow cannot be reached.
    """
    from pipelines.tracking.champion import Registry  # slow to load, and a server needs none of it

    card = find_model(model)
    if card.kind != "network" or card.weights is None or card.path is None:
        raise InputError(
            f"The model {shown(card.name)} is no run folder with weights, and only such are registered."
        )
    if card.weights.name != WEIGHTS:
        raise InputError(
            f"{shown(card.weights)} would be registered beside the {WEIGHTS} that is served; put it into a "
            f"run folder of its own under that name."
        )
    name = name or Path(card.name).name
    wanted = "letters, digits, blanks, . _ -"
    require(re.fullmatch(r"[\w .-]+", name) is not None, "--name", name, wanted)
    about = {"licence": card.licence, "source": card.source}
    return Registry(name).version(card.path, card.weights, card.trained_on, about)


def main(arguments: list[str] | None = None) -> int:
    """Register a model and say how it is served; returns the exit status."""
    # slow to load, and a server needs none of it
    from pipelines.tracking.failures import FAILURES, unreachable

    parser = argparse.ArgumentParser("python -m pipelines.serving", description=__doc__)
    parser.add_argument("model", nargs="?", default=DEFAULT, help="name or run folder")
    parser.add_argument("--name", help="of the registered model; that of the model if not given")
    given = parser.parse_args(arguments)
    try:
        version = register(given.model, given.name)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    except FAILURES as error:
        print(f"{unreachable(error)}.", file=sys.stderr)
        return 1
    print(
        f"{version.name} {version.version} is in the registry; to serve it:\n"
        f"mlflow models serve -m models:/{version.name}/{version.version} --env-manager local "
        f"--timeout {TIMEOUT}"
    )
    return 0
