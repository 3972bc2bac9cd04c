"""What paint, paper and files do to a drawing: steps, each a picture to a picture.

``(H, W, 3)`` in [0, 1] in and out; strength 0 changes nothing, 1 is as much as one meets. None of it is
shared with the augmentation that networks are trained with: a set that is to be strange to them must not be
made by their own tools.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import cv2
import numpy as np

from lineart.pictures.images import Picture, luminance, to_bytes

Step = Callable[[Picture, np.random.Generator, float], Picture]


def apply(
    steps: Sequence[tuple[str, float]], picture: Picture, rng: np.random.Generator
) -> Picture:
    """Do some of :data:`STEPS` in order; each is a name and a strength."""
    for name, strength in steps:
        picture = np.clip(STEPS[name](picture, rng, strength), 0, 1).astype(np.float32)
    return picture


def clouds(shape: tuple[int, ...], scale: float, rng: np.random.Generator) -> Picture:
    """Smooth noise ``(H, W)`` of mean 0 and deviation 1, whose bumps are about ``scale`` pixels wide."""
    height, width = shape[:2]
    rows, columns = (max(4, round(side / scale) + 3) for side in (height, width))
    coarse = rng.standard_normal((rows, columns)).astype(np.float32)
    noise = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return (noise - noise.mean()) / max(float(noise.std()), 1e-6)


def shifted(picture: Picture, right: Picture, down: Picture) -> Picture:
    """Every pixel taken from elsewhere; shifts ``(H, W)`` in pixels."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    return cv2.remap(
        picture, x + right, y + down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def strokes(shape: tuple[int, ...], rng: np.random.Generator, length: int = 19) -> Picture:
    """Bristle marks ``(H, W)`` of mean 0 and deviation 1 that follow a slowly turning direction.

    They are made at half the size, for bristles are two pixels wide; ``length`` is in pixels of that.
    """
    height, width = shape[:2]
    half = ((height + 1) // 2, (width + 1) // 2)
    turn = (clouds(half, 130, rng) * 0.8 + rng.uniform(0, np.pi)) % np.pi
    noise = rng.standard_normal(half).astype(np.float32)
    marks, middle = np.zeros(half, np.float32), length // 2
    for angle in np.linspace(0, np.pi, 8, endpoint=False):
        kernel = np.zeros((length, length), np.float32)
        right, down = round(np.cos(angle) * middle), round(np.sin(angle) * middle)
        cv2.line(kernel, (middle - right, middle - down), (middle + right, middle + down), 1.0, 1)
        apart = np.abs((turn - angle + np.pi / 2) % np.pi - np.pi / 2)
        share = np.clip(1 - apart / (np.pi / 8), 0, 1)
        marks += share * cv2.filter2D(noise, -1, kernel / np.sqrt(kernel.sum()))
    marks = cv2.resize(marks, (width, height), interpolation=cv2.INTER_CUBIC)
    return (marks - marks.mean()) / max(float(marks.std()), 1e-6)


def bleed(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Colours that stray over their lines by up to some ten pixels."""
    amount = 4 * strength
    return shifted(
        picture, amount * clouds(picture.shape, 45, rng), amount * clouds(picture.shape, 45, rng)
    )


def brush(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Opaque paint: bristles drag the colour along, and stand out light and dark."""
    marks, across = (strokes(picture.shape, rng) for _ in range(2))
    dragged = shifted(picture, 2.5 * strength * across, 2.5 * strength * marks)
    relief = 0.06 * strength * np.tanh(marks + 0.6 * across)
    warm = np.array([1.0, 0.9, 0.75], np.float32)
    return dragged * (1 + relief[..., None]) + 0.25 * relief[..., None] * warm


def watercolour(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Thin paint: pigment gathers at the edges of a wash and in the grain, and paper shows through."""
    picture = bleed(picture, rng, 0.6 * strength)
    pigment = 1 - picture
    near, far = (cv2.GaussianBlur(pigment, (0, 0), sigma) for sigma in (1.5, 9))
    rim = np.clip(near - far, 0, 1)
    pools = 1 + strength * (
        0.22 * clouds(picture.shape, 120, rng) + 0.1 * clouds(picture.shape, 30, rng)
    )
    grain = 1 + 0.16 * strength * clouds(picture.shape, 2.2, rng)
    blooms = np.clip(clouds(picture.shape, 90, rng) - 1.5, 0, 1)[..., None]
    wet = pigment + strength * (near - pigment)
    wash = wet * (pools * grain)[..., None] * (1 - 0.14 * strength) + 0.9 * strength * rim
    return 1 - np.clip(wash * (1 - 0.6 * strength * blooms), 0, 1)


def stains(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Cups and drops: rings with a dark rim, and splashes, in the brown of tea."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    wobble = clouds(picture.shape, 60, rng)
    tea = np.array([0.45, 0.32, 0.18], np.float32)
    for number in range(9):
        radius = rng.uniform(0.12, 0.2) * width if number < 2 else rng.uniform(4, 26)
        away = np.hypot(x - rng.uniform(0, width), y - rng.uniform(0, height))
        away = away + wobble * radius * 0.03
        inside = 1 / (1 + np.exp(np.clip((away - radius) / 1.5, -30, 30)))
        rim = np.exp(-np.square((away - radius) / 3.5))
        amount = strength * (0.12 * inside + 0.3 * rim * (0.6 + 0.3 * np.tanh(wobble)))
        picture = picture * (1 - np.clip(amount, 0, 1)[..., None] * (1 - tea))
    return picture


def dusk(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """The light falls off towards a side and the corners, and cools."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    fall = 0.35 * (x * np.cos(angle) + y * np.sin(angle)) + 0.4 * (x * x + y * y)
    light = np.clip(1 - strength * (0.25 + fall), 0.12, 1.15)[..., None]
    cool = np.array([0.85, 0.95, 1.2], np.float32) ** strength
    return picture * light * (1 + (cool - 1) * (1 - light))


def glow(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Bright colours shine out over what is round them."""
    bright = picture * np.clip(luminance(picture) * 2 - 1, 0, 1)[..., None]
    halo = cv2.GaussianBlur(bright, (0, 0), 14) + cv2.GaussianBlur(bright, (0, 0), 45)
    return 1 - (1 - picture) * (1 - np.clip(0.5 * strength * halo, 0, 1))


def mottle(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """A digital texture brush: blotches of lighter, darker and other hues at several scales."""
    for scale in (160, 48, 14, 5):
        hue = np.stack([clouds(picture.shape, scale, rng) for _ in range(3)], axis=-1)
        light = clouds(picture.shape, scale, rng)[..., None]
        picture = picture + strength * (0.012 * hue + 0.028 * light) * (0.25 + picture)
    return picture


def screentone(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Greys as dots of black film, 6 pixels apart at 45 degrees; white and near-white stay empty."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    u, v = (x + y) * np.pi / 8.5, (x - y) * np.pi / 8.5
    cell = (np.cos(u) * np.cos(v) + 1) / 2
    dark = 1 - luminance(picture)
    dots = 1 / (1 + np.exp(-14 * (np.sqrt(np.clip(dark, 0, 1)) * 0.9 - cell)))
    dots = np.where(dark > 0.04, dots, 0)[..., None]
    return picture * (1 - strength) + strength * (1 - 0.86 * dots)


def paper(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """A scanned sheet of rough paper: fibres, a warm tint, and ink that is no longer quite black."""
    tooth = clouds(picture.shape, 1.6, rng) + 0.7 * clouds(picture.shape, 5, rng)
    fibres = np.clip(strokes(picture.shape, rng, 13) - 2, 0, 2)
    tint = 1 - strength * np.array([0.03, 0.06, 0.13], np.float32)
    sheet = tint * (1 + strength * (0.028 * tooth - 0.04 * fibres))[..., None]
    return (0.07 * strength + (1 - 0.07 * strength) * picture) * sheet


def noise(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """The noise of a camera, grey and coloured."""
    grey = rng.standard_normal(picture.shape[:2])[..., None]
    return picture + 0.05 * strength * (0.7 * grey + 0.5 * rng.standard_normal(picture.shape))


def soft(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """The softness of a picture that was enlarged or not quite in focus, a pixel at strength 1."""
    return cv2.GaussianBlur(picture, (0, 0), max(strength, 0.01))


def jpeg(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """A JPEG file, of quality 35 at strength 1 and 100 at 0, its colours at half the size."""
    quality = round(100 - 65 * strength)
    done, data = cv2.imencode(
        ".jpg", to_bytes(picture)[..., ::-1], (cv2.IMWRITE_JPEG_QUALITY, quality)
    )
    assert done, "OpenCV could not encode a JPEG"
    return cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1].astype(np.float32) / 255


STEPS: Mapping[str, Step] = {
    step.__name__: step
    for step in (
        *(bleed, brush, watercolour, stains, dusk, glow, mottle, screentone),
        *(paper, noise, soft, jpeg),
    )
}
