"""The paper's table, and what cannot be in it."""

from lineart.models import CLASSICAL, MODELS
from pipelines.report.cited import CITED, notes


def test_a_row_is_reproduced_here_or_says_why_not() -> None:
    for cited in CITED:
        assert bool(cited.reason) != cited.reproduced, cited.name
        assert not cited.row or cited.row in MODELS or cited.row in CLASSICAL
    missing = [cited.name for cited in CITED if not cited.reproduced]
    assert missing == ["TANet", "DiffusionEdge", "DDN"]


def test_an_mse_above_the_mae_is_found_by_the_figures() -> None:
    assert [cited.name for cited in CITED if cited.impossible] == ["TANet", "DiffusionEdge", "DDN"]
    (said,) = [note for note in notes() if "cannot be" in note]
    assert said.startswith("For TANet, DiffusionEdge and DDN the paper's MSE is above its MAE")


def test_the_paper_says_what_its_abstract_says() -> None:
    best = min(CITED, key=lambda cited: cited.mae)
    assert (best.name, best.mse, best.mae) == ("CLEAR-Net", 0.000247, 0.00481)
    assert [cited.name for cited in CITED if cited.ois < cited.ods] == ["DiffusionEdge"]
