"""What each network would be trained in: from the params file, and from the trial of its layers."""

from pathlib import Path

import pytest

from lineart.arithmetic import guard
from pipelines.doctor import precision
from pipelines.doctor.place import Answer, Place

PARAMS = """
models: [teed, pidinet, canny]
train:
  precision: float32
  models:
    teed: {precision: bfloat16}
"""


def test_networks_and_the_layers_kept_out_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "params.yaml").write_text(PARAMS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(guard, "what_is_off", lambda kinds, dtype: {})
    assert precision.precisions() == {"teed": "bfloat16", "pidinet": "float32"}
    monkeypatch.setattr(guard, "what_is_off", lambda kinds, dtype: {kinds[0]: "it is wrong"})
    monkeypatch.setattr(guard, "processor_name", lambda: "a processor")
    assert precision.precisions()["teed"] == (
        "bfloat16, but for 1 kind of layers: block1.0 (conv2d 16x3x3x3 bias stride 2 padding 1) runs "
        "in float32, for in bfloat16 it is wrong on a processor"
    )


def test_what_cannot_be_known_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(Path("."), {})
    monkeypatch.setattr(precision, "ask", lambda *_: Answer(False, "killed by SIGILL"))
    (advice,) = precision.look(place)
    assert (advice.stops, advice.line(8)) == (
        False,
        "odd  networks not known (killed by SIGILL); python -m pipelines.doctor.precision shows it whole.",
    )
    monkeypatch.setattr(precision, "ask", lambda *_: Answer(True, 'a warning\n{"teed": "float32"}'))
    assert [advice.line(4) for advice in precision.look(place)] == ["ok   teed float32"]
