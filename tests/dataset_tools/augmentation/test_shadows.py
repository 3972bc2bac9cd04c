import numpy as np
import pytest

from dataset_tools.augmentation import shadows
from dataset_tools.augmentation.fields import coordinates


def test_capsule_is_a_distance():
    u = np.array([[0.5, 0.5, -1.0, 0.5]], np.float32)
    v = np.array([[0.0, 0.3, 0.0, 0.1]], np.float32)
    # On the axis, 0.3 beside it, 1 behind its end, on its rim; radius 0.1, from (0, 0) to (1, 0).
    distance = shadows._capsule(u, v, (0.0, 0.0), (1.0, 0.0), 0.1)
    assert distance[0] == pytest.approx([-0.1, 0.2, 0.9, 0], abs=1e-6)


def test_leaf_is_thickest_in_its_middle():
    u = np.array([[0.5, 0.5, 0.0, 1.0]], np.float32)
    v = np.array([[0.0, 0.2, 0.0, 0.0]], np.float32)
    distance = shadows._leaf(u, v, (0.0, 0.0), (1.0, 0.0), 0.2)
    assert distance[0] == pytest.approx([-0.2, 0, 0, 0], abs=1e-5)


@pytest.mark.parametrize("kind", shadows.CASTERS)
def test_every_caster_casts_and_leaves_light(kind):
    x, y = coordinates((96, 96))
    along, across = np.broadcast_to(x, (96, 96)), np.broadcast_to(y, (96, 96))
    parts = [
        float((shadows.CASTERS[kind](np.random.default_rng(seed), along, across) < 0).mean())
        for seed in range(10)
    ]
    assert 0.005 < np.mean(parts) < 0.9
    assert max(parts) < 1
