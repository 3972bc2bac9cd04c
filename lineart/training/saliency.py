"""Crops where the drawing is: the cartoon-texture saliency sampler (CTSS) of Gao et al., ICML 2022.

Their sampler ("Learning to Incorporate Texture Saliency Adaptive Attention to Image Cartoonization") takes
the patches with the most distinct edges: a guided filter first smooths away noise, which would have a large
gradient too, and keeps edges; then the gradient's magnitude is summed over each patch. Theirs keeps the best
patches of a batch. Ours looks at a few random places of one picture and takes the best, so that a batch stays
a function of the step and a picture keeps showing other parts of itself.
"""

from __future__ import annotations

import cv2
import numpy as np

from lineart.pictures.images import Bytes, Picture, luminance
from lineart.settings import require


def guided_filter(guide: Picture, picture: Picture, radius: int, epsilon: float) -> Picture:
    """Edge-preserving smoothing (He, Sun and Tang, IEEE TPAMI 35(6), 2013).

    Args:
        guide: ``(H, W)``, whose edges are kept.
        picture: ``(H, W)``, what is smoothed; often the guide itself.
        radius: of the square window, in pixels.
        epsilon: variance below which a window counts as flat, in squared units of the guide.

    Returns:
        ``(H, W)`` float32.
    """

    def mean(values: Picture) -> Picture:
        side = 2 * radius + 1
        means = cv2.boxFilter(values, cv2.CV_32F, (side, side), borderType=cv2.BORDER_REFLECT)
        return means.astype(np.float32, copy=False)

    guide_mean, picture_mean = mean(guide), mean(picture)
    variance = mean(guide * guide) - guide_mean * guide_mean
    covariance = mean(guide * picture) - guide_mean * picture_mean
    slope = covariance / (variance + epsilon)
    return mean(slope) * guide + mean(picture_mean - slope * guide_mean)


def saliency_map(render: Picture | Bytes, radius: int = 2, epsilon: float = 0.01) -> Picture:
    """How distinct the edge at each pixel is: gradient magnitude of the smoothed luminance.

    Args:
        render: ``(H, W, 3)`` RGB, floats in [0, 1] or bytes.
        radius: of the guided filter, in pixels.
        epsilon: of the guided filter; contrasts well below its root are taken for noise.

    Returns:
        ``(H, W)`` float32, 0 where nothing is; nearly 1 beside a straight edge from black to white.
    """
    scale = 255 if render.dtype == np.uint8 else 1
    grey = luminance(render.astype(np.float32, copy=False) / scale)
    smooth = guided_filter(grey, grey, radius, epsilon)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 4, borderType=cv2.BORDER_REPLICATE)
    down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 4, borderType=cv2.BORDER_REPLICATE)
    return np.hypot(across, down)


def salient_crop(
    saliency: Picture, size: int, rng: np.random.Generator, candidates: int = 8
) -> tuple[int, int]:
    """The top left corner of the square with the most distinct edges among some random ones.

    Args:
        saliency: ``(H, W)``, 0 or more, of :func:`saliency_map`.
        size: side of the square in pixels; along a side that is shorter it starts at 0.
        rng: what the places are drawn from; always the same number of draws.
        candidates: how many places are looked at; 1 is a uniform crop.

    Returns:
        Row and column. Where nothing is salient, a uniform crop.

    Raises:
        InputError: if fewer than one place is to be looked at.
    """
    require(candidates >= 1, "crop.candidates", candidates, "1 or more")
    height, width = saliency.shape
    tops = rng.integers(max(0, height - size) + 1, size=candidates)
    lefts = rng.integers(max(0, width - size) + 1, size=candidates)
    total = cv2.integral(saliency, sdepth=cv2.CV_64F)  # total[r, c] sums all above r, left of c
    bottoms, rights = np.minimum(tops + size, height), np.minimum(lefts + size, width)
    sums = total[bottoms, rights] - total[tops, rights] - total[bottoms, lefts] + total[tops, lefts]
    best = int(np.argmax(sums))
    return int(tops[best]), int(lefts[best])
