"""The settings of review: the section `review` of the params file."""

from __future__ import annotations

from dataclasses import dataclass, field

from dataset_tools.review.pictures import PictureSettings
from dataset_tools.review.queue import QueueSettings
from lineart.settings import require


@dataclass(frozen=True)
class ReviewSettings:
    """What a push brings to which project. Changes no result; what counts is in data/reviews.csv."""

    project: str = "Line art review"  # its name in Label Studio
    queue: QueueSettings = field(default_factory=QueueSettings)  # which pairs, how many
    pictures: PictureSettings = field(default_factory=PictureSettings)  # and how they are shown

    def __post_init__(self) -> None:
        # Label Studio's own limits
        fine = 3 <= len(self.project.strip()) <= 50
        require(fine, "review.project", self.project, "a name of 3 to 50 letters")
