"""The packages that are known: where each comes from, which of its paint is ink, whom to name.

A version is pinned with the digest of its archive, so that the same name means the same drawings for ever.
"""

from __future__ import annotations

from dataclasses import dataclass

STREAMLINE = "Streamline (streamlinehq.com)"


@dataclass(frozen=True)
class Package:
    """A published archive of vector drawings."""

    name: str  # of the source it is
    npm: str  # name in the npm registry
    version: str
    integrity: str  # SHA-512 of the archive in base64, as npm writes it
    artist: str
    license: str  # of the drawings, as an SPDX name
    inks: frozenset[str]  # colours that are ink, as #rrggbb
    weight: float = 1.0  # factor of all stroke widths that makes them about as bold as OpenMoji's
    # Ink may be another dark colour; where it fills large areas it is all drawn black instead.
    recoloured: bool = True
    layout: str = "icons"  # icons: an Iconify set; people: figures of a face and a body
    left_out: tuple[str, ...] = ()  # categories of an Iconify set
    variants: str = r"(-\d+|-duo)+$"  # what is cut from a name to get its group

    @property
    def archive(self) -> str:
        """The name of its archive as a file."""
        return f"{self.npm.removeprefix('@').replace('/', '-')}-{self.version}.tgz"


PACKAGES = {
    package.name: package
    for package in (
        Package(
            "streamline-emojis",
            "@iconify-json/streamline-emojis",
            "1.2.4",
            "iNr9T9XuZVTyQPJO8ZlLxBzPkpi7qMl+z1l0C31vpEMqhPMelth3n7CeWQYtixdetDPdI81yeG4ROqjWpYJE6A==",
            STREAMLINE,
            "CC-BY-4.0",
            frozenset({"#45413c"}),
            weight=1.25,
            left_out=("Flags",),  # hardly any ink
            # Families and couples are put together from the same few heads, trades from the same two.
            variants=(
                r"(?<=^family)-.*|(?<=^kiss)-.*|(?<=^couple)-.*|^(old-)?(wo)?man-(?=\D)"
                r"|(-up|-down|-left|-right)?(-\d+)+$"
            ),
        ),
        Package(
            "streamline-ultimate-color",
            "@iconify-json/streamline-ultimate-color",
            "1.2.2",
            "NAbD3xLtg3069865B5CLUulp/eowPNCiDfJBxVAmA+LKLPpxU7EIEJ2+mSfWriPd+ahORWyqjRnoPVkTJopEgg==",
            STREAMLINE,
            "CC-BY-4.0",
            frozenset({"#191919"}),
            weight=0.75,
            left_out=("Logos",),  # other people's trade marks
        ),
        Package(
            "streamline-stickies-color",
            "@iconify-json/streamline-stickies-color",
            "1.2.2",
            "OisPU3Q/VMAHTtJbzRa2lmK8UN+n7D5US0txeL488yrEmoALvRerzIOS8zTNiojNDghJ2/6cp0eh5IK4ezukpA==",
            STREAMLINE,
            "CC-BY-4.0",
            frozenset({"#231f20", "#00034a"}),
            weight=1.1,
        ),
        Package(
            "comicgen",
            "comicgen",
            "1.9.9",
            "F5WKCwR9OhwiYejBio1RXcs6oVTsnkW3hzuuIdXIfhLJonktYcpbJt5xKZTWtr2JJ2hqck+VAd4jrYZ9WSDG3A==",
            "Ramya Mylavarapu, Swetha Mylavarapu, Devarani B, Renel McCullum and Shawf Designs (Comicgen)",
            "CC0-1.0",
            # Black and what its artists took for black; next to it a darker grey could not be told from ink.
            frozenset({f"#{tone:02x}{tone:02x}{tone:02x}" for tone in range(0x30)} | {"#231f20"}),
            recoloured=False,
            layout="people",
        ),
    )
}
