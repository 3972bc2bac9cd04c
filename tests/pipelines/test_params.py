import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from lineart.errors import InputError
from pipelines.params import SECTIONS, Params, check_model, read_params

ROOT = Path(__file__).parents[2]


def test_the_committed_file_is_right_in_every_section() -> None:
    params = read_params(ROOT / "params.yaml")
    params.check()
    assert params.models[0] == "clearnet"
    assert params.augment.children == 4


def test_what_the_file_leaves_out_has_its_default() -> None:
    params = Params({})
    for name in SECTIONS:
        settings = params.section(name)
        assert settings == type(settings)()
        assert dataclasses.is_dataclass(settings)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"ingset": {}}, "Did you mean 'ingest'?"),
        ({"ingest": {"cuont": 3}}, "Did you mean 'ingest.count'?"),
        ({"augment": {"geometry": {"rotaton": 3}}}, "setting 'augment.geometry.rotaton'"),
        (
            {"train": {"epochs": "many"}},
            "The setting train.epochs is 'many'; it must be a whole number.",
        ),
        (
            {"pipelines": {"workers": 0}},
            "The setting pipelines.workers is 0; it must be 1 or more.",
        ),
        ({"qa": [1]}, "The setting qa is [1]; it must be a table of keys."),
        ({}, "The setting models is None; it must be a list of model names."),
        ({"models": ["canny", "canny"]}, "it must be a list without repetitions"),
        ({"models": ["clearnt"]}, "There is no model 'clearnt'. Did you mean 'clearnet'?"),
        (
            {"models": ["canny"], "published": ["teed"]},
            "The setting published is ['teed']; it must be a table of NAME: {weights: PATH}, or {}.",
        ),
        (
            {"models": ["canny"], "published": None},
            "The setting published is None; it must be a table of NAME: {weights: PATH}, or {}.",
        ),
        (
            {"models": ["canny"], "published": {"teed": {}}},
            "The setting published.teed.weights is missing; give it a value.",
        ),
        (
            {"models": ["canny"], "published": {"mine": {"weights": "mine.pth"}}},
            "There is no network with published weights 'mine'.",
        ),
        (
            {"models": ["canny"], "published": {"teed": {"weights": "/none/teed.pth"}}},
            "The checkpoint /none/teed.pth is not there; write the path",
        ),
    ],
)
def test_a_slip_is_named(content: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        Params(content).check()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_published_weights_are_rows_of_their_own() -> None:
    entries = {
        "teed": {"weights": "teed.pth"},
        "tiny": {"weights": "tiny.pth", "model": "pidinet", "arguments": {"variant": "tiny"}},
    }
    params = Params({"models": ["clearnet", "canny"], "published": entries})
    assert params.rows == ("clearnet", "canny", "teed-published", "tiny-published")
    assert params.published["teed"].network("teed") == "teed"
    assert params.published["tiny"].network("tiny") == "pidinet"
    assert params.published["tiny"].arguments == {"variant": "tiny"}
    assert Params({"models": ["canny"], "published": {}}).rows == ("canny",)


def test_a_model_is_known_by_name() -> None:
    check_model("canny")
    check_model("ladder-1-u2netp")
    with pytest.raises(InputError, match="Did you mean 'blank'"):
        check_model("blanc")


@pytest.mark.parametrize("text", ["ingest: [", "- a list", "\ttabs: 1"])
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "params.yaml").write_text(text)
    with pytest.raises(InputError) as caught:
        read_params(tmp_path / "params.yaml")
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no .*nothing\.yaml"):
        read_params(tmp_path / "nothing.yaml")


def test_the_data_stages_do_not_import_torch() -> None:
    program = (
        "import sys\n"
        "from pipelines.stages import augment, ingest, qa, split\n"
        "from pipelines.params import read_params\n"
        "params = read_params()\n"
        "params.ingest, params.qa, params.split, params.augment\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
