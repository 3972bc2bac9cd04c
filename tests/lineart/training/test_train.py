"""Training learns, resumes exactly after a kill, and says what it did."""

import dataclasses
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file

from lineart.errors import InputError
from lineart.inference.network import fast_bfloat16, load_extractor
from lineart.losses import LOSSES, JointSettings, TauSettings
from lineart.models import create_model
from lineart.models.registry import NETWORKS, RECIPES
from lineart.runs import WEIGHTS
from lineart.sets.pairs import read_table, sha256
from lineart.training import loop
from lineart.training.learner import as_asked
from lineart.training.loop import fit, rate_factor
from lineart.training.settings import TrainSettings
from lineart.training.state import Job
from lineart.training.train import settled, train

QUICK = TrainSettings(
    preset="tiny", epochs=4, crop=32, batch=4, warmup=2, epoch_pictures=2, validate_pictures=4
)

AVERAGED = dataclasses.replace(QUICK, average=0.5, clip=1.0, crops="mixed")


@pytest.fixture(scope="module")
def run(tiny_set, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    rows = []
    train(
        "clearnet", QUICK, tiny_set, folder / "out", folder / "work", rows.append, {"commit": "c"}
    )
    return folder, rows


def test_it_learns_and_tells(run):
    folder, rows = run
    summary = json.loads((folder / "out/summary.json").read_text())
    assert (summary["steps"], summary["pictures"], summary["epochs"]) == (24, 96, 4)
    assert summary["parameters"] == 129_542
    assert summary["stopped_by"] == "epochs"
    history = read_table(folder / "out/history.csv")
    assert history["step"].tolist() == [6, 12, 18, 24] == [row["step"] for row in rows]
    assert history["train_loss"].iloc[-1] < history["train_loss"].iloc[0]
    settings = json.loads((folder / "out/settings.json").read_text())
    assert settings["commit"] == "c"
    assert list((folder / "work").iterdir()) == []  # what is over needs no checkpoint
    assert settings["train"]["loss"]["gamma"] == 2.0


def test_a_killed_training_ends_with_the_same_weights(run, tiny_set, tmp_path):
    """SIGKILL after the second epoch; the second call goes on from the checkpoint."""
    code = (
        (
            "import sys, time; from pathlib import Path\n"
            "from lineart.training.settings import TrainSettings\nfrom lineart.training.train import train\n"
            f"settings = {QUICK!r}\n"
            "def tell(row):\n"
            "    print(int(row['epoch']), flush=True)\n"
            "    time.sleep(60 if row['epoch'] == 2 else 0)\n"
            "train('clearnet', settings, Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), tell)\n"
        )
        .replace("JointSettings", "j.JointSettings")
        .replace("TauSettings", "j.TauSettings")
    )
    code = "import lineart.losses as j\n" + code
    arguments = [sys.executable, "-c", code, tiny_set, tmp_path / "out", tmp_path / "work"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert [process.stdout.readline().strip() for _ in range(2)] == ["1", "2"]
        os.kill(process.pid, signal.SIGKILL)
    assert not (tmp_path / "out").exists()
    rows = []
    train("clearnet", QUICK, tiny_set, tmp_path / "out", tmp_path / "work", rows.append)
    assert [row["epoch"] for row in rows] == [1, 2, 3, 4]
    once, twice = (load_file(f / "out/model.safetensors") for f in (run[0], tmp_path))
    assert once.keys() == twice.keys()
    assert max((once[key] - twice[key]).abs().max().item() for key in once) <= 1e-6


def test_a_training_begins_with_the_weights_it_is_given(run, tiny_set, tmp_path):
    still = dataclasses.replace(
        QUICK, epochs=1, learning_rate=1e-12, start=str(run[0] / "out"), precision="float32"
    )
    train("clearnet", still, tiny_set, tmp_path / "out", tmp_path / "work")
    before, after = (load_file(f / "out/model.safetensors") for f in (run[0], tmp_path))
    learned = [key for key in before if key.endswith("weight")]
    assert max((before[key] - after[key]).abs().max().item() for key in learned) <= 1e-6
    settings = json.loads((tmp_path / "out/settings.json").read_text())
    assert settings["start"] == sha256((run[0] / "out/model.safetensors").read_bytes())


@pytest.mark.parametrize(
    ("preset", "place", "said"),
    [
        ("light", "out", "name a run of the same network"),
        ("tiny", "nowhere", "There is no .*settings.json"),
    ],
)
def test_weights_to_begin_with_that_do_not_fit(run, tiny_set, tmp_path, preset, place, said):
    wrong = dataclasses.replace(QUICK, preset=preset, start=str(run[0] / place))
    with pytest.raises(InputError, match=said):
        train("clearnet", wrong, tiny_set, tmp_path / "out", tmp_path / "work")


@pytest.mark.parametrize("name", [name for name in NETWORKS if name != "clearnet"])
def test_every_rival_goes_on_exactly(name, tiny_set, tmp_path):
    few = {"batch": 24, "epoch_pictures": 1, "validate_pictures": 1}
    settings = dataclasses.replace(QUICK, epochs=2, precision="float32", **few)

    def stop(row):
        if row["epoch"] == 1:
            raise KeyboardInterrupt

    train(name, settings, tiny_set, tmp_path / "whole", tmp_path / "work")
    with pytest.raises(KeyboardInterrupt):
        train(name, settings, tiny_set, tmp_path / "parts", tmp_path / "work", stop)
    train(name, settings, tiny_set, tmp_path / "parts", tmp_path / "work")
    whole, parts = (load_file(tmp_path / f / "model.safetensors") for f in ("whole", "parts"))
    assert max((whole[key] - parts[key]).abs().max().item() for key in whole) <= 1e-6


def test_an_interrupt_keeps_the_step(tiny_set, tmp_path):
    """Ctrl-C in the middle of an epoch finishes the step, writes a checkpoint and stops."""
    calls = []

    before = signal.getsignal(signal.SIGINT)

    def interrupt(row):
        calls.append(row)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)

    with pytest.raises(KeyboardInterrupt):
        train("clearnet", QUICK, tiny_set, tmp_path / "out", tmp_path / "work", interrupt)
    (checkpoint,) = (tmp_path / "work").glob("*/checkpoint.pt")
    state = torch.load(checkpoint, weights_only=True)
    assert state["state"]["step"] == 6
    assert len(calls) == 1
    assert signal.getsignal(signal.SIGINT) is before


def test_a_machine_that_fails_costs_minutes_not_an_epoch(run, tiny_set, tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "KEPT_EVERY", 0)
    told = []

    def fail(done, of):
        told.append((done, of))
        if done == 9:
            raise RuntimeError("the power is gone")

    places = (tiny_set, tmp_path / "out", tmp_path / "work")
    with pytest.raises(RuntimeError):
        train("clearnet", QUICK, *places, on_step=fail)
    assert told == [(step, 24) for step in range(1, 10)]

    told.clear()
    train("clearnet", QUICK, *places, on_step=lambda done, of: told.append((done, of)))
    assert told == [(step, 24) for step in range(9, 25)]  # the eighth was kept
    once, twice = (load_file(f / "out/model.safetensors") for f in (run[0], tmp_path))
    assert max((once[key] - twice[key]).abs().max().item() for key in once) <= 1e-6
    losses = [read_table(f / "out/history.csv")["train_loss"].tolist() for f in (run[0], tmp_path)]
    assert losses[0] == pytest.approx(losses[1], abs=1e-6)


def test_the_clock_cools_the_learning_rate_down():
    settings = TrainSettings(minutes=1.0, warmup=1)
    recipe = RECIPES["clearnet"]
    assert rate_factor(50, 100, 0.0, settings, recipe) == pytest.approx(0.5)
    assert rate_factor(0, 100, 30.0, settings, recipe) == pytest.approx(0.5)
    assert rate_factor(10, 100, 60.0, settings, recipe) == pytest.approx(0.0)
    of_the_paper = TrainSettings(schedule="paper", warmup=0)
    assert rate_factor(90, 100, 0.0, of_the_paper, recipe) == 1
    assert rate_factor(90, 100, 0.0, of_the_paper, RECIPES["pidinet"]) == pytest.approx(0.01)


def test_classical_methods_are_tuned(tiny_set, tmp_path):
    summary = train("dark_threshold", QUICK, tiny_set, tmp_path / "dark", tmp_path)
    assert summary["parameters"] == 0
    assert summary["validation"]["f"] > 0.95  # black outlines and light fills: a threshold suffices
    settings = json.loads((tmp_path / "dark/settings.json").read_text())
    assert 0.05 <= settings["arguments"]["below"] <= 0.4


def test_a_margin_is_held_against_the_crop_of_its_network():
    wide = TrainSettings(crop=256, models={"teed": {"margin": 100}})
    assert (wide.of("teed").margin, wide.of("clearnet").margin) == (100, 0)
    with pytest.raises(InputError, match=r"train\.margin is 24; it must be .* half of 48"):
        TrainSettings(crop=256, margin=24, models={"teed": {"crop": 48}})


def test_settings_of_one_network():
    settings = TrainSettings(epochs=3, models={"teed": {"epochs": 9, "learning_rate": 0.5}})
    assert (settings.of("teed").epochs, settings.of("teed").learning_rate) == (9, 0.5)
    assert settings.of("clearnet").epochs == 3


def test_a_rival_is_trained_by_the_same_loop(tiny_set, tmp_path):
    summary = train("teed", QUICK, tiny_set, tmp_path / "out", tmp_path / "work")
    assert (summary["parameters"], summary["tau"], summary["steps"]) == (58_910, 1.0, 24)
    settings = json.loads((tmp_path / "out/settings.json").read_text())
    assert settings["train"]["learning_rate"] == 8e-4
    assert settings["recipe"]["loss"] == "tracing"


@pytest.fixture(scope="module")
def averaged(tiny_set, tmp_path_factory):
    folder = tmp_path_factory.mktemp("averaged")
    train("clearnet", AVERAGED, tiny_set, folder / "out", folder / "work")
    return folder


def test_an_average_of_the_weights_is_kept_at_the_temperature_trained_at(averaged, run):
    average, last = (load_file(f / "out/model.safetensors") for f in (averaged, run[0]))
    assert average["tau"] == last["tau"]
    assert torch.equal(average["mean"], last["mean"])
    weights = dict(create_model("clearnet", preset="tiny").named_parameters())
    assert max((average[name] - last[name]).abs().max().item() for name in weights) > 1e-4


def test_statistics_of_whole_pictures_are_all_that_they_change(run, tiny_set, tmp_path):
    """The weights are those trained without; mean and variance of each layer are others, and kept."""
    settings = dataclasses.replace(QUICK, statistics=8, keep="last")
    train("clearnet", settings, tiny_set, tmp_path / "out", tmp_path / "work")
    without = dataclasses.replace(QUICK, keep="last")
    train("clearnet", without, tiny_set, tmp_path / "plain", tmp_path / "work")
    taken, plain = (load_file(tmp_path / f / "model.safetensors") for f in ("out", "plain"))
    differ = {key.rpartition(".")[2] for key in plain if not torch.equal(taken[key], plain[key])}
    assert differ == {"running_mean", "running_var", "num_batches_tracked"}


def test_an_interrupted_average_goes_on(averaged, tiny_set, tmp_path):
    def stop(row):
        if row["epoch"] == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train("clearnet", AVERAGED, tiny_set, tmp_path / "out", tmp_path / "work", stop)
    train("clearnet", AVERAGED, tiny_set, tmp_path / "out", tmp_path / "work")
    once, twice = (load_file(f / "out/model.safetensors") for f in (averaged, tmp_path))
    assert max((once[key] - twice[key]).abs().max().item() for key in once) <= 1e-6


@pytest.mark.filterwarnings("ignore:Grad strides do not match")  # 1 x 1 and depthwise: no matter
def test_two_processes_train_as_one_with_the_whole_batch(tiny_set, tmp_path):
    """PiDiNet has no BatchNorm and its loss is a mean over pictures: shares of a batch may be averaged."""
    histories = []
    for devices in (1, 2):
        settings = dataclasses.replace(QUICK, devices=devices, epochs=2, precision="float32")
        out = tmp_path / str(devices)
        train("pidinet", settings, tiny_set, out, tmp_path / "work")
        histories.append(read_table(out / "history.csv"))
    one, two = histories
    assert two["step"].tolist() == one["step"].tolist() == [6, 12]
    for column in ("train_loss", "val_mae"):
        assert two[column].tolist() == pytest.approx(one[column].tolist(), abs=2e-5)
    weights = [load_file(tmp_path / str(devices) / "model.safetensors") for devices in (1, 2)]
    assert max((weights[0][k] - weights[1][k]).abs().max().item() for k in weights[0]) <= 1e-4


def test_a_clipped_gradient_cannot_move_the_weights(tiny_set, tmp_path):
    """Adam takes no notice of a gradient's scale, unless it is so small that its epsilon counts."""
    settings = dataclasses.replace(QUICK, epochs=1, precision="float32", average=0.0)
    for clip in (None, 1e-12):
        clipped = dataclasses.replace(settings, clip=clip)
        train("clearnet", clipped, tiny_set, tmp_path / str(clip), tmp_path / "work")
    free, held = (load_file(tmp_path / f"{clip}/model.safetensors") for clip in (None, 1e-12))
    torch.manual_seed(QUICK.seed)
    start = dict(create_model("clearnet", preset="tiny").named_parameters())
    moved, stayed = (
        max((weights[name] - start[name]).abs().max().item() for name in start)
        for weights in (free, held)
    )
    assert moved > 1e-3
    assert stayed < 1e-5


@pytest.mark.parametrize("name", LOSSES)
def test_where_nothing_is_asked_no_answer_counts(name):
    loss = LOSSES[name]
    generator = torch.Generator().manual_seed(0)
    line = (torch.rand((2, 1, 24, 24), generator=generator) > 0.8).float()
    asked = torch.ones_like(line, dtype=torch.bool)
    asked[..., :8] = False
    values, gradients = [], []
    for sign in (1, -1):
        logits = torch.randn((2, 1, 24, 24), generator=generator.manual_seed(1))
        logits[..., :8] *= sign
        logits.requires_grad_()
        value = loss.function([as_asked(logits, line, asked)] * 4, line, 1.0, loss.settings())
        value.backward()
        values.append(value.item())
        gradients.append(logits.grad)
    assert values[0] == values[1]
    assert gradients[0][..., :8].abs().max() == 0
    assert gradients[0][..., 8:].abs().min() > 0
    # and what is asked is asked as ever
    assert torch.equal(as_asked(logits, line, torch.ones_like(asked)), logits)


def test_a_loss_that_is_no_number_names_the_pictures(tiny_set, tmp_path, monkeypatch):
    settings = dataclasses.replace(QUICK, learning_rate=1e30, warmup=0, precision="float32")
    with pytest.raises(
        InputError,
        match=r"step \d+ of clearnet the loss is (nan|inf) in float32 \(pictures train\d{3}-",
    ):
        train("clearnet", settings, tiny_set, tmp_path / "out", tmp_path / "work")


def test_a_network_that_never_answered_with_numbers_has_diverged(tiny_set, tmp_path, monkeypatch):
    """Its losses may all be finite: the last step of an epoch is seen by the validation alone."""
    monkeypatch.setattr("lineart.training.loop._validate", lambda *_: float("nan"))
    with pytest.raises(InputError, match=r"clearnet has diverged: .*lower train\.learning_rate"):
        train("clearnet", QUICK, tiny_set, tmp_path / "out", tmp_path / "work")


def test_what_this_machine_cannot_do_is_said(tiny_set, tmp_path):
    folders = tmp_path / "out", tmp_path / "work"
    with pytest.raises(InputError, match=r"train\.batch is 4; it must be a multiple"):
        train("teed", dataclasses.replace(QUICK, devices=3), tiny_set, *folders)
    if not torch.cuda.is_available():
        with pytest.raises(InputError, match=r"bfloat16 or float32 on a CPU"):
            train("teed", dataclasses.replace(QUICK, precision="float16"), tiny_set, *folders)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"epochs": 0}, r"train\.epochs is 0"),
        ({"crop": 8}, r"train\.crop is 8"),
        ({"schedule": "step"}, "one of paper, cosine"),
        ({"learning_rate": 0.0}, r"train\.learning_rate is 0"),
        ({"models": {"ted": {}}}, "Did you mean 'teed'"),
        ({"models": {"teed": {"epoch": 3}}}, r"Did you mean 'train\.models\.teed\.epochs'"),
        ({"minutes": 0.0}, "above 0, or empty"),
        ({"average": 1.0}, r"train\.average is 1\.0"),
        ({"crops": "edges"}, "one of uniform, salient, mixed"),
        ({"clip": 0.0}, r"train\.clip is 0"),
        ({"margin": 64}, r"train\.margin is 64; it must be 0 or more, and less than half of 128"),
    ],
)
def test_settings_are_checked_at_birth(change, said):
    with pytest.raises(InputError, match=said):
        TrainSettings(**change)


def test_a_damaged_checkpoint_is_named(tiny_set, tmp_path):
    def stop(row):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train("clearnet", QUICK, tiny_set, tmp_path / "out", tmp_path / "work", stop)
    (checkpoint,) = (tmp_path / "work").glob("*/checkpoint.pt")
    checkpoint.write_bytes(b"half")
    with pytest.raises(InputError, match="delete it to train from the start"):
        train("clearnet", QUICK, tiny_set, tmp_path / "out", tmp_path / "work")


def test_the_last_epoch_is_kept_where_that_is_asked_for(tiny_set, tmp_path, monkeypatch):
    """On an error that grows the first epoch is the best, on one that falls the last."""
    kept = {}
    for keep, errors in (("best", [1, 2]), ("last", [1, 2]), ("best", [2, 1])):
        said = iter(errors)
        monkeypatch.setattr("lineart.training.loop._validate", lambda *_, said=said: next(said))
        settings = dataclasses.replace(QUICK, epochs=2, keep=keep)
        out = tmp_path / f"{keep}{errors[0]}"
        summary = train("clearnet", settings, tiny_set, out, tmp_path / "work")
        kept[out.name] = (summary["best_epoch"], sha256((out / WEIGHTS).read_bytes()))
    assert [epoch for epoch, _ in kept.values()] == [1, 2, 2]
    assert kept["last1"] == kept["best2"] != kept["best1"]


def test_when_time_is_up_the_last_steps_count(tiny_set, tmp_path, monkeypatch):
    """A clock that gains a second a look: a minute ends within an epoch, which counts."""
    now = itertools.count()
    clock = SimpleNamespace(perf_counter=lambda: float(next(now)))
    monkeypatch.setattr("lineart.training.loop.time", clock)
    settings = dataclasses.replace(QUICK, epochs=50, minutes=0.9)
    summary = train("clearnet", settings, tiny_set, tmp_path / "out", tmp_path / "work")
    history = read_table(tmp_path / "out/history.csv")
    assert summary["stopped_by"] == "minutes"
    assert history["step"].iloc[-1] % 6 != 0
    assert history["step"].iloc[-1] == summary["steps"] < 60
    assert summary["best_epoch"] <= len(history)


def test_time_is_told_by_the_clock_that_is_given(tiny_set, tmp_path):
    """Steps of 6 seconds: after ten of them a minute is full, and the eleventh goes over it."""
    settings, recipe = settled("clearnet", dataclasses.replace(QUICK, epochs=50, minutes=1.0))
    job, steps = Job("clearnet", recipe, settings, tiny_set, tmp_path), []
    clock = lambda: 6.0 * len(steps)  # noqa: E731
    state = fit(job, lambda row: None, lambda done, of: steps.append(done), print, clock)
    assert (state.step, state.seconds, state.stopped_by) == (11, 66.0, "minutes")


def test_a_stop_during_the_last_validation_adds_no_epoch(tiny_set, tmp_path, monkeypatch):
    """Time is up within an epoch, it is validated, then comes Ctrl-C: all is done but the summary."""
    now, rows = itertools.count(), []
    clock = SimpleNamespace(perf_counter=lambda: float(next(now)))
    monkeypatch.setattr("lineart.training.loop.time", clock)
    settings = dataclasses.replace(QUICK, epochs=50, minutes=0.9, keep="last")

    def stop(row):
        rows.append(row)
        if row["step"] % 6:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        train("clearnet", settings, tiny_set, tmp_path / "out", tmp_path / "work", stop)
    summary = train("clearnet", settings, tiny_set, tmp_path / "out", tmp_path / "work")
    history = read_table(tmp_path / "out/history.csv").to_dict("records")
    assert [row["step"] for row in history] == [row["step"] for row in rows]
    assert summary["stopped_by"] == "minutes"
    assert summary["tau"] == rows[-1]["tau"] == 1.2


def test_an_epoch_keeps_its_temperature(tiny_set, tmp_path):
    tau = TauSettings(every=1 / 3)  # three stairs of 0.04 an epoch, taken at its beginning
    settings = dataclasses.replace(QUICK, epochs=2, loss=JointSettings(tau=tau))
    rows = []
    train("clearnet", settings, tiny_set, tmp_path / "out", tmp_path / "work", rows.append)
    assert [row["tau"] for row in rows] == pytest.approx([1.2, 1.2 - 3 * 0.04])


def test_what_was_trained_in_float32_is_read_in_float32(tiny_set, tmp_path):
    for precision, wanted in (("float32", False), ("bfloat16", None)):
        settings = dataclasses.replace(QUICK, epochs=1, precision=precision)
        out = tmp_path / precision
        summary = train("clearnet", settings, tiny_set, out, tmp_path / "work")
        assert summary["precision"] == precision
        extract = load_extractor(out)
        assert extract.bfloat16 == (fast_bfloat16(extract.device) if wanted is None else wanted)
