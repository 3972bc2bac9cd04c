"""How much of a data set its page shows."""

from __future__ import annotations

from dataclasses import dataclass

from lineart.settings import require


@dataclass(frozen=True)
class DatasetReportSettings:
    """How many pictures the page holds; everything else is in it as text, whatever its number."""

    worst: int = 6  # pairs shown of each check, the worst first
    duplicates: int = 12  # pairs of duplicates shown side by side, the most alike first
    doubted: int = 12  # pairs shown of those that the model doubts most
    families: int = 3  # drawings of each split shown with their children
    picture: int = 224  # longer side of a picture, in pixels

    def __post_init__(self) -> None:
        # With some twenty checks and four pictures a pair, more would make a page too heavy to send.
        for name, most in (("worst", 12), ("duplicates", 40), ("doubted", 40), ("families", 8)):
            value = getattr(self, name)
            require(1 <= value <= most, f"dataset.{name}", value, f"from 1 to {most}")
        require(64 <= self.picture <= 256, "dataset.picture", self.picture, "from 64 to 256 pixels")
