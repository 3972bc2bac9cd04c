"""The source of a package: its drawings, with ink told by colour, of any stroke width and in any colour."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace
from pathlib import Path

from dataset_tools.sources import ink
from dataset_tools.sources.drawing import Drawing, IngestSettings, Refused, safe_id
from dataset_tools.sources.files import FileFacts
from dataset_tools.sources.packages import icons, paint, people
from dataset_tools.sources.packages.catalogue import Package
from dataset_tools.sources.rims import thinnest
from dataset_tools.sources.strokes import OpenmojiSettings
from dataset_tools.sources.svg import rasterise
from lineart.errors import InputError
from lineart.pictures.images import Picture, luminance

LAYOUTS = {"icons": icons, "people": people}
LEAST = 0.002  # share of a picture that ink covers at least


@dataclass(frozen=True)
class PackageSource:
    """One package as a source (:class:`dataset_tools.sources.drawing.Source`)."""

    package: Package

    @property
    def NAME(self) -> str:  # noqa: N802
        """The name of the source."""
        return self.package.name

    def find(self, settings: IngestSettings) -> tuple[list[Drawing], list[Refused]]:
        """All drawings of the package, which is fetched if it is not there; nothing is refused unread.

        Raises:
            InputError: if it cannot be fetched.
        """
        package, folder = self.package, Path(settings.packages)
        groups = LAYOUTS[package.layout].groups_of(package, folder)
        drawings = [
            Drawing(
                safe_id(f"{package.name} {name}"),
                safe_id(f"{package.name} {group}"),
                package.name,
                package.artist,
                package.license,
                name,
                name,
            )
            for name, group in groups.items()
        ]
        return sorted(drawings, key=lambda drawing: drawing.id), []

    def read(self, drawing: Drawing, settings: IngestSettings) -> tuple[Picture, Picture]:
        """Rasterise a drawing and its ink, both ``settings.size`` pixels on the longer side.

        Width and colour of the ink are changed in the vector, for both pictures alike; the line art is black.

        Raises:
            InputError: if its ink cannot be told, or there is none to be seen.
        """
        package = self.package
        root = LAYOUTS[package.layout].svg_of(package, Path(settings.packages), drawing.render)
        factor, colour = ink.ink_for(drawing.id, self._ink(settings))
        root = paint.change_ink(root, package.inks, self._bearable(root, factor * package.weight))
        line = 1 - luminance(rasterise(paint.line_art(root, package.inks), settings.size))
        if line.mean() < LEAST:
            raise InputError(
                f"{drawing.id} shows no ink of the colours {', '.join(sorted(package.inks))}."
            )
        if colour != ink.BLACK or not package.recoloured:
            root = paint.change_ink(root, package.inks, 1, colour)
        return rasterise(root, settings.size), line

    def files(self, drawing: Drawing) -> tuple[FileFacts, ...]:
        """None: the drawings are vectors."""
        return ()

    def changes(self, settings: IngestSettings) -> str:
        """What is told beside the attribution, as CC BY asks."""
        told = ink.changes(settings.size, self._ink(settings), self.package.weight)
        if self.package.layout == "people":
            told.append("faces and bodies put together")
        if not self.package.recoloured:
            told.append("ink that is nearly black drawn black")
        return ", ".join([*told, "the ink drawn black and all else white as line art"])

    def _ink(self, settings: IngestSettings) -> OpenmojiSettings:
        """How ink varies here: as OpenMoji's, where it may have another colour."""
        chosen = settings.openmoji
        return chosen if self.package.recoloured else replace(chosen, recolour=0.0)

    def _bearable(self, root: ET.Element, factor: float) -> float:
        inks = self.package.inks
        return thinnest(
            paint.colours_alone(root, inks),
            lambda thicker: paint.ink_alone(paint.change_ink(root, inks, thicker), inks),
            factor,
        )
