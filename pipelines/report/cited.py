"""The table of the paper, as cited rows: figures on data of its authors', beside which ours do not rank.

Table 1 of Lu et al., "A high-fidelity line drawing extraction model based on cross-layer fusion and joint
loss optimization", Journal of Image and Graphics 31(4), 2026, doi:10.11834/jig.250223: the test split of
ArtLine-2K, which its authors hand out on request.
"""

from __future__ import annotations

from dataclasses import dataclass

DOI = "10.11834/jig.250223"
SOURCE = f"Lu et al. 2026, table 1, doi:{DOI}"


@dataclass(frozen=True)
class Cited:
    """A row of the paper's table."""

    name: str  # as the paper calls it
    citation: str  # of the method
    year: int
    mse: float
    mae: float
    ois: float
    ods: float  # a blank page has about as much: docs of lineart.metrics.paper_figures
    fps: float  # pictures a second on the authors' RTX 3090
    parameters: float | None  # None for a method that does not learn
    row: str = ""  # the row here that reproduces it; empty if there is none
    reason: str = ""  # why there is none
    source: str = SOURCE

    @property
    def reproduced(self) -> bool:
        """Whether a row here is this method, built and run by us."""
        return bool(self.row)

    @property
    def impossible(self) -> bool:
        """Whether MSE is above MAE: of values in [0, 1] no square exceeds the value."""
        return self.mse > self.mae


CITED = (
    Cited(
        "Canny",
        "Canny, IEEE TPAMI 8(6), 1986",
        1986,
        mse=0.123306,
        mae=0.132221,
        ois=0.9531,
        ods=0.9414,
        fps=390.6,
        parameters=None,
        row="canny",
    ),
    Cited(
        "TEED",
        "Soria et al., ICCV workshops 2023",
        2023,
        mse=0.088518,
        mae=0.114254,
        ois=0.9465,
        ods=0.9460,
        fps=3.2,
        parameters=58.0e3,
        row="teed",
    ),
    Cited(
        "DexiNed",
        "Soria et al., WACV 2020",
        2020,
        mse=0.095840,
        mae=0.175835,
        ois=0.9498,
        ods=0.9490,
        fps=4.5,
        parameters=35.0e6,
        row="dexined",
    ),
    Cited(
        "PiDiNet",
        "Su et al., ICCV 2021",
        2021,
        mse=0.107059,
        mae=0.177215,
        ois=0.9426,
        ods=0.9412,
        fps=3.1,
        parameters=710.0e3,
        row="pidinet",
    ),
    Cited(
        "TANet",
        "Yang et al., PRCV 2024",
        2024,
        mse=0.138663,
        mae=0.102780,
        ois=0.9423,
        ods=0.9414,
        fps=3.4,
        parameters=60.34e6,
        reason="its authors have published no code",
    ),
    Cited(
        "DiffusionEdge",
        "Ye et al., AAAI 2024",
        2024,
        mse=0.140800,
        mae=0.060476,
        ois=0.9510,
        ods=0.9522,
        fps=0.8,
        parameters=2.25e6,
        reason="a diffusion model of 225 M parameters by our count of its code (the paper says "
        "2.25 M), several steps a picture, whose weights are not at hand",
    ),
    Cited(
        "DDN",
        "Li et al., Neurocomputing 624, 2025",
        2025,
        mse=0.128721,
        mae=0.077803,
        ois=0.9663,
        ods=0.9660,
        fps=5.8,
        parameters=41.2e6,
        reason="its code has no licence, so it may neither be copied nor built upon",
    ),
    Cited(
        "CLEAR-Net",
        "Lu et al., Journal of Image and Graphics 31(4), 2026",
        2026,
        mse=0.000247,
        mae=0.004810,
        ois=0.9985,
        ods=0.9981,
        fps=2.2,
        parameters=5.9e6,
        row="clearnet",
    ),
)


def notes() -> list[str]:
    """What one must know to read the cited rows, a sentence each."""
    wrong = [cited.name for cited in CITED if cited.impossible]
    return [
        f"Cited, not measured here: {SOURCE}, on ArtLine-2K; other data than ours, so no rank.",
        f"For {', '.join(wrong[:-1])} and {wrong[-1]} the paper's MSE is above its MAE, which cannot be "
        "for values in [0, 1]: the square of such a value is never above it.",
        *(
            f"{cited.name} is cited, not reproduced: {cited.reason}."
            for cited in CITED
            if not cited.reproduced
        ),
    ]
