"""Speed: what is called how often, and what the figures hold for."""

import numpy as np

from lineart.metrics.speed import UNTIMED, measure_speed


def test_both_ways_are_measured_and_named():
    calls = []

    def extract(render):
        calls.append(render)
        return render[..., 0]

    render = np.full((32, 32, 3), 0.4, np.float32)
    speed = measure_speed(extract, render, 3)
    assert len(calls) == 2 * (3 + UNTIMED)
    assert all(np.abs(call - render).max() < 0.5 / 255 + 1e-6 for call in calls)
    assert speed["pictures_per_second"] > 0
    assert speed["with_files_per_second"] > 0
    assert min(speed["spread"], speed["with_files_spread"]) >= 0
    assert (speed["size"], speed["device"], speed["precision"]) == (32, "cpu", "float32")
