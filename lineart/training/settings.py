"""How networks are trained: the section `train` of the params file."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from lineart.errors import unknown_name
from lineart.losses import JointSettings
from lineart.models import CLASSICAL
from lineart.models.registry import RECIPES
from lineart.settings import require, settings_from
from lineart.training.batches import POLICIES

PRECISIONS = ("auto", "float32", "bfloat16", "float16")
SCHEDULES = ("paper", "cosine")
KEPT = ("best", "last")


@dataclass(frozen=True)
class TrainSettings:
    """How networks are trained; classical methods use ``validate_pictures`` alone.

    What is empty here comes from the network's own paper (:mod:`lineart.models.registry`), as loss and
    optimiser always do.
    """

    preset: str = "light"  # of CLEAR-Net: paper, light, swift or tiny
    start: str | None = None  # a run folder whose weights to begin with; None for random ones
    epochs: int = 8  # one epoch shows every picture of the split once
    crop: int = 128  # side of the square crops, in pixels
    # where they lie: uniform, salient (on distinct edges) or mixed (half each)
    crops: str = "uniform"
    smallest: float = 1.0  # pictures are shrunk first, down to this factor: thin strokes
    # pixels in which nothing is asked, along the sides of a crop that cut through its picture
    margin: int = 0
    batch: int | None = 8  # pictures a step, of all processes together
    learning_rate: float | None = None  # at its highest
    schedule: str = "cosine"  # paper (each network's own) or cosine (down to nothing at the end)
    warmup: int = 50  # steps over which the learning rate rises
    clip: float | None = None  # norm above which a gradient is shortened to it
    average: float = 0.0  # decay of the running average of the weights, which is then what is kept
    # whole pictures from which the statistics of batch normalisation are taken before each validation; 0 for
    # those that the crops left
    statistics: int = 0
    # time after which training ends; the cosine then follows the clock
    minutes: float | None = None
    precision: str = "auto"  # auto, float32, bfloat16 or float16
    compile: bool = False  # let torch.compile build the network; pays on long trainings
    devices: int = 1  # processes that share each batch: one an accelerator, or all on the CPU
    seed: int = 0
    workers: int = 0  # processes that read data, for each of the devices
    epoch_pictures: int = 48  # pictures validated after each epoch
    # which epoch: the best on those pictures, or the last, which a cosine made the coolest
    keep: str = "best"
    validate_pictures: int = 150  # pictures validated at the end, to choose the threshold
    loss: JointSettings = field(default_factory=JointSettings)  # CLEAR-Net's
    models: dict = field(default_factory=dict)  # by name of a model: settings for it alone

    def __post_init__(self) -> None:
        for name in ("epochs", "epoch_pictures", "validate_pictures", "devices"):
            require(getattr(self, name) >= 1, f"train.{name}", getattr(self, name), "1 or more")
        require(self.crop >= 32, "train.crop", self.crop, "32 pixels or more")
        require(0 < self.smallest <= 1, "train.smallest", self.smallest, "above 0, at most 1")
        fits = 0 <= 2 * self.margin < self.crop
        require(fits, "train.margin", self.margin, f"0 or more, and less than half of {self.crop}")
        for name in ("batch", "learning_rate", "clip", "minutes"):
            value = getattr(self, name)
            require(value is None or value > 0, f"train.{name}", value, "above 0, or empty")
        require(self.statistics >= 0, "train.statistics", self.statistics, "0 or more pictures")
        require(0 <= self.average < 1, "train.average", self.average, "in [0, 1)")
        for name, known in (
            ("schedule", SCHEDULES),
            ("precision", PRECISIONS),
            ("crops", POLICIES),
            ("keep", KEPT),
        ):
            value = getattr(self, name)
            require(value in known, f"train.{name}", value, "one of " + ", ".join(known))
        for name in self.models:
            if name not in RECIPES and name not in CLASSICAL:
                raise unknown_name("model", name, [*RECIPES, *CLASSICAL])
            self.of(name)

    def of(self, name: str) -> TrainSettings:
        """The settings of one model: these, with what ``models`` says of it laid over.

        Raises:
            InputError: if a key or a value there is wrong.
        """
        changes = self.models.get(name) or {}
        together = {"crop": self.crop, "margin": self.margin}  # for one is held against the other
        checked = settings_from(TrainSettings, {**together, **changes}, f"train.models.{name}")
        return dataclasses.replace(
            self, models={}, **{key: getattr(checked, key) for key in changes}
        )
