"""How much line art of a film flickers, and how far it is from the truth, with ``--no-steady`` and without.

    python benchmarks/steady.py [--model NAME] [--frames N]

A figure walks on the spot before a landscape; both are drawn as SVG, so the lines are known. The film is
compressed in several ways, and the noise of that moves from frame to frame. Each frame is read once, for what
is kept and what is not is decided afterwards. All figures are in thousandths of full ink.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import resvg_py

from lineart import Extractor
from lineart.extract.steady import Steady
from lineart.extract.video import open_video
from lineart.metrics.flicker import flicker
from lineart.pictures.images import Bytes, Picture
from lineart.pictures.inputs import decode_picture

WIDTH, HEIGHT = 640, 480
RATE = 24  # frames a second
FAR = 16  # pixels; so far from anything that moves ink should not change at all
GRAIN = 8  # of 255, standard deviation before it is softened
FILMS = {  # codec, its options, frames between two that stand alone, grain
    "H.264, crf 23": ("libx264", {"crf": "23"}, 250, 0),
    "H.264, crf 32": ("libx264", {"crf": "32"}, 250, 0),
    "MPEG-4, q 8": ("mpeg4", {"flags": "+qscale", "global_quality": str(8 * 118)}, 12, 0),
    "grain, H.264, crf 23": ("libx264", {"crf": "23"}, 250, GRAIN),
}
SKY = (
    "<linearGradient id='sky' x2='0' y2='1'><stop stop-color='#8fb8e8'/>"
    "<stop offset='1' stop-color='#fde7c8'/></linearGradient>"
)


def scene(phase: float, lines: bool) -> str:
    """The SVG of a frame: painted, or its lines alone on white."""

    def paint(colour: str) -> str:
        return "white" if lines else colour

    def shape(kind: str, colour: str, pen: float = 3, **where: object) -> str:
        places = " ".join(f"{name}='{value}'" for name, value in where.items())
        return f"<{kind} {places} fill='{paint(colour)}' stroke='black' stroke-width='{pen}'/>"

    def limb(x: float, y: float, angle: float, bend: float, colour: str, length: float) -> str:
        """Two bones, each a stroke of colour within a stroke of black."""
        knee = x + length * math.sin(angle), y + length * math.cos(angle)
        foot = knee[0] + length * math.sin(angle - bend), knee[1] + length * math.cos(angle - bend)
        points = f"{x:.2f},{y:.2f} {knee[0]:.2f},{knee[1]:.2f} {foot[0]:.2f},{foot[1]:.2f}"
        start = f"<polyline points='{points}' fill='none' stroke-linejoin='round' stroke-linecap='round'"
        outer = f"{start} stroke='black' stroke-width='22'/>"
        return f"{outer}{start} stroke='{paint(colour)}' stroke-width='16'/>"

    swing = math.sin(2 * math.pi * phase)
    lift = [max(0.0, math.cos(2 * math.pi * phase)), max(0.0, -math.cos(2 * math.pi * phase))]
    parts = [
        f"<rect width='{WIDTH}' height='{HEIGHT}' fill='{'white' if lines else 'url(#sky)'}'/>",
        shape("path", "#7d9a6a", d="M-5 330 Q 120 220 260 320 T 645 290 V 485 H -5 Z"),
        shape("path", "#5f8150", d="M-5 390 Q 180 340 330 385 T 645 370 V 485 H -5 Z"),
        shape("rect", "#d8b08c", x=70, y=250, width=110, height=110),
        shape("path", "#9c4a3c", d="M60 250 L125 190 L190 250 Z"),
        shape("rect", "#5a7fa0", 2, x=88, y=275, width=28, height=28),
        shape("rect", "#6b4a34", 2, x=132, y=300, width=30, height=60),
        shape("rect", "#7a5a3c", x=520, y=270, width=22, height=110),
        shape("circle", "#4f8a4a", cx=531, cy=230, r=58),
        *(
            f"<path d='M{505 + 9 * n} {215 + 13 * (n % 3)} q 6 -9 12 0' fill='none' stroke='black'/>"
            for n in range(6)
        ),
        limb(330, 320, -0.6 * swing, 0.9 * lift[1], "#30456e", 48),
        limb(325, 235, 0.5 * swing, -0.4, "#b04848", 34),
        shape("rect", "#c85a54", x=302, y=215, width=54, height=110, rx=20),
        limb(328, 320, 0.6 * swing, 0.9 * lift[0], "#3c5890", 48),
        limb(329, 235, -0.5 * swing, -0.4, "#e07a70", 34),
        shape("circle", "#f1cfae", cx=330, cy=180, r=38),
        shape(
            "path", "#5b3a22", d="M292 178 Q 296 136 336 140 Q 372 146 366 176 Q 340 150 292 178 Z"
        ),
        "<circle cx='346' cy='178' r='3'/>",
        "<path d='M340 198 q 10 5 18 0' fill='none' stroke='black' stroke-width='2'/>",
    ]
    size = f"width='{WIDTH}' height='{HEIGHT}'"
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' {size}><defs>{SKY}</defs>{''.join(parts)}</svg>"
    )


def drawn(phase: float, lines: bool = False) -> Bytes:
    """A frame as pixels, ``(H, W, 3)``."""
    return decode_picture(bytes(resvg_py.svg_to_bytes(svg_string=scene(phase, lines))), "frame")


def compressed(renders: list[Bytes], film: str) -> list[Bytes]:
    """Frames after one of :data:`FILMS`."""
    codec, options, between, grain = FILMS[film]
    noise = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "walk.mp4"
        with av.open(str(path), "w") as file:
            stream = file.add_stream(codec, rate=Fraction(RATE), options=options)
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
            stream.gop_size = between
            for render in renders:
                grains = noise.normal(0, grain, (HEIGHT, WIDTH))
                soft = cv2.GaussianBlur(grains, (0, 0), 0.7)[..., None]
                pixels = np.clip(render + soft, 0, 255).astype(np.uint8)
                file.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
            file.mux(stream.encode())
        return [shot.pixels for shot in open_video(path).frames()]


def ink_of(render: Bytes) -> Picture:
    """The lines of a frame drawn in black on white."""
    return 1 - render[..., 0] / np.float32(255)


def main(model: str, frames: int) -> None:
    """Print a row a film, first read frame by frame and then steadily."""
    extract = Extractor(model)
    renders = [drawn(number / frames) for number in range(frames)]
    truth = [ink_of(drawn(number / frames, lines=True)) for number in range(frames)]
    print(f"| film | read | flicker {FAR} px from what moves | flicker | error |")
    print("| --- | --- | --- | --- | --- |")
    for film in FILMS:
        seen = compressed(renders, film)
        read = [extract(render) for render in seen]
        known = {render.tobytes(): ink for render, ink in zip(seen, read, strict=True)}
        steady = Steady(lambda render, known=known: known[render.tobytes()])
        kept = [steady(render) for render in seen]
        for how, ink in (("frame by frame", read), ("steadily", kept)):
            error = np.mean(
                [np.abs(one - other).mean() for one, other in zip(ink, truth, strict=True)]
            )
            figures = flicker(ink, renders, FAR), flicker(ink, renders), error
            print(
                f"| {film} | {how} | " + " | ".join(f"{1000 * one:.3f}" for one in figures) + " |"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", default="clearnet")
    parser.add_argument("--frames", type=int, default=24)
    given = parser.parse_args()
    main(given.model, given.frames)
