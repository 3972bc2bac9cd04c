"""Outputs stored when they equalled the original implementations', so that no change goes unseen.

The files hold an input and all outputs of this code with the weights of :func:`fill`. They are made anew by
running this file, which only a wanted change of a network can ask for; compare with the originals again
before (docs/LOG.md says how).
"""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from lineart.models import LineModel, create_model

DATA = Path(__file__).with_name("data")
NETWORKS = {
    "u2netp": {},
    "teed": {},
    "pidinet": {},
    "pidinet-tiny-l": {"preset": "tiny-l"},
    "dexined": {},
}


def fill(model: LineModel) -> LineModel:
    """Weights from NumPy's old generator, whose stream is frozen: no release of torch changes them."""
    random = np.random.RandomState(0)
    for name, value in sorted(model.state_dict().items()):
        if name in ("mean", "std", "tau") or not value.is_floating_point():
            continue
        numbers = random.standard_normal(tuple(value.shape)).astype(np.float32)
        if value.ndim > 1:
            numbers *= np.sqrt(1.5 / value[0].numel())
        elif name.endswith("running_var"):
            numbers = 0.5 + np.abs(numbers)
        else:
            numbers = 0.1 * numbers + name.endswith(
                "weight"
            )  # scales of BatchNorm near 1, biases 0
        value.copy_(torch.from_numpy(numbers))
    return model.eval()


@torch.no_grad()
def outputs(name: str, pictures: torch.Tensor) -> torch.Tensor:
    model = fill(create_model(name.partition("-")[0], **NETWORKS[name]))
    return torch.cat(model(pictures), dim=1)


@pytest.mark.parametrize("name", NETWORKS)
def test_stored_outputs(name):
    stored = load_file(DATA / f"{name}.safetensors")
    answer = outputs(name, stored["pictures"])
    assert answer.std() > 1e-2  # something is answered
    torch.testing.assert_close(answer, stored["outputs"], rtol=1e-4, atol=1e-4)


if __name__ == "__main__":
    for name in NETWORKS:
        numbers = np.random.RandomState(1).random_sample((1, 3, 13, 17)).astype(np.float32)
        pictures = torch.from_numpy(numbers)
        tensors = {"pictures": pictures, "outputs": outputs(name, pictures)}
        save_file(tensors, DATA / f"{name}.safetensors")
