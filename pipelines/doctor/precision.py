"""The doctor's look at the precision each network is trained in here, asked in a process of its own.

As a program it prints that: name to words, as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.util import find_spec

from dataset_tools.advice import Advice
from pipelines.doctor.place import Place, ask

PATIENCE = 180.0  # seconds; the first time on a machine each kind of layer is tried
AGAIN = "python -m pipelines.doctor.precision shows it whole."


def look(place: Place) -> Iterator[Advice]:
    """What each network of the road would be trained in; layers kept out of it are counted, and said why."""
    if any(find_spec(name) is None for name in ("torch", "lightning", "yaml")):
        yield Advice("networks", False, "not known before make install", stops=False)
        return
    answer = ask([sys.executable, "-m", "pipelines.doctor.precision"], place, PATIENCE)
    if not answer.ok:
        yield Advice("networks", False, f"not known ({answer.words}); {AGAIN}", stops=False)
        return
    for name, words in json.loads(answer.words.splitlines()[-1]).items():
        yield Advice(name, True, words)


def precisions() -> dict[str, str]:
    """The precision of each network of the params file, and the kinds of layers that are kept in float32.

    Raises:
        InputError: if the params file cannot be read.
    """
    import torch

    from lineart.arithmetic.guard import layers_off
    from lineart.models import channels_last, create_model
    from lineart.models.registry import RECIPES
    from lineart.training.precision import chosen
    from lineart.training.train import settled
    from pipelines.params import read_params

    params = read_params()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    found = {}
    for name in (name for name in params.models if name in RECIPES):
        settings, recipe = settled(name, params.train)
        found[name] = chosen(settings)
        if found[name] == "bfloat16":
            off = layers_off(channels_last(create_model(recipe.model, **recipe.arguments)), device)
            if off:
                kinds = f"{len(off)} kind{'s'[: len(off) > 1]} of layers"
                found[name] += f", but for {kinds}: {'; '.join(off.values())}"
    return found


if __name__ == "__main__":
    print(json.dumps(precisions()))
