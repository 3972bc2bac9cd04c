"""How fast this machine is: `python -m pipelines.plan.measure` prints seconds a step of a fixed training.

A small network, for networks take most of the road's time, forward and backward, in the precision that
trainings would use here. It runs in a process of its own: whoever asks needs no torch, and outlives a fault.
"""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import sys
import time
from pathlib import Path

from lineart.arithmetic.processor import best_arithmetic, isa_limit, processor_name
from lineart.cores import usable_cores

SECONDS = 1.0  # that are measured, after some steps to warm up
WARM, LEAST = 3, 5  # steps
PATIENCE = 120  # seconds until it is given up


def measure() -> float | None:
    """Seconds a step, measured in a child process; None if that fails."""
    command = [sys.executable, "-m", "pipelines.plan.measure"]
    with contextlib.suppress(subprocess.TimeoutExpired, ValueError):
        done = subprocess.run(
            command,
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        return float(done.stdout) if done.returncode == 0 else None
    return None


def processor() -> str:
    """What the system calls the processor, its arithmetic, how many cores it lends us, a limit for oneDNN."""
    count = usable_cores()
    cores = f"{count} {'core' if count == 1 else 'cores'}"
    return ", ".join(filter(None, [processor_name(), best_arithmetic(), cores, isa_limit()]))


def step_seconds() -> float:
    """The median second a step. 16 and 32 channels, 3 x 3, undilated: no library is known to fail at it."""
    import torch
    from torch import nn

    from lineart.inference.network import fast_bfloat16
    from lineart.models import channels_last

    torch.manual_seed(0)
    layers = [nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 16, 3, padding=1)]
    model = channels_last(nn.Sequential(*layers, nn.ReLU(), *layers))
    pictures = torch.rand(4, 16, 96, 96).to(memory_format=torch.channels_last)
    reduced = fast_bfloat16(torch.device("cpu"))
    taken: list[float] = []
    while len(taken) < WARM + LEAST or sum(taken[WARM:]) < SECONDS:
        began = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=reduced):
            loss = model(pictures).float().square().mean()
        loss.backward()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken[WARM:])


if __name__ == "__main__":
    print(f"{step_seconds():.6f}")
