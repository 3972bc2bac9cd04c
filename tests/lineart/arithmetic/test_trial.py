"""A layer that is right, one that is wrong, and some that kill who tries them."""

import re
import sys

import pytest
import torch
from torch import Tensor

from lineart.arithmetic import trial
from lineart.arithmetic.layers import Kind
from lineart.arithmetic.trial import compare, try_kinds

RIGHT = (
    Kind("conv2d", (16, 16, 3, 3), True, (("padding", 1),)),
    Kind("conv2d", (16, 16, 3, 3), False, (("stride", 2), ("padding", (1, 0)), ("dilation", 2))),
    Kind("conv2d", (16, 1, 3, 3), False, (("padding", 1), ("groups", 16))),
    Kind("conv_transpose2d", (16, 8, 4, 4), True, (("stride", 2), ("padding", 1))),
    Kind("linear", (8, 32), True, ()),
)
DILATED = [
    Kind("conv2d", (24, 24, 3, 3), False, (("padding", d), ("dilation", d))) for d in (1, 9, 11)
]


class Off(torch.autograd.Function):
    """What comes, and as its gradient something else where the arithmetic is reduced."""

    @staticmethod
    def forward(ctx, weight: Tensor, wrong: float) -> Tensor:
        ctx.wrong = wrong
        return weight.clone()

    @staticmethod
    def backward(ctx, gradient):
        return gradient * ctx.wrong, None


def test_what_is_right_is_right_in_a_child_too():
    assert [compare(kind, torch.bfloat16) for kind in RIGHT] == [""] * 5
    assert try_kinds(RIGHT, "bfloat16") == dict.fromkeys(RIGHT, "")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (1.01, ""),
        (1.2, r"its gradient of the weights is off by 0\.[23]\d* of itself"),
        (float("nan"), "its gradient of the weights is no number"),
    ],
)
def test_a_gradient_that_is_off_in_reduced_precision_alone(monkeypatch, wrong, said):
    call = Kind.call

    def planted(self, picture, weight, bias):
        factor = wrong if torch.is_autocast_enabled("cpu") else 1.0
        return call(self, picture, Off.apply(weight, factor), bias)

    monkeypatch.setattr(Kind, "call", planted)
    assert re.fullmatch(said, compare(RIGHT[0], torch.bfloat16))


def test_a_layer_that_a_precision_does_not_have(monkeypatch):
    def missing(*given):
        if torch.is_autocast_enabled("cpu"):
            raise RuntimeError("not implemented\nfor 'BFloat16'")
        return given[1].sum(dim=1)

    monkeypatch.setattr(Kind, "call", missing)
    assert compare(RIGHT[0], torch.bfloat16) == "it fails (not implemented for 'BFloat16')"


def child(body: str) -> tuple[str, ...]:
    """A stand-in for the process that tries: ``kind`` is one of those asked for, ``tell`` answers."""
    program = (
        "import json, os, signal, sys\n"
        "tell = lambda reason: print('\\nlineart: ' + json.dumps(reason), flush=True)\n"
        "tell('ready')\n"
        "for kind in json.load(sys.stdin)['kinds']:\n"
        "    dilation = dict(kind[3]).get('dilation', 1)\n"
    )
    return sys.executable, "-c", program + "".join(f"    {line}\n" for line in body.splitlines())


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGBUS", "SIGABRT"])
def test_a_layer_that_kills_its_process_is_named_and_the_others_are_tried(monkeypatch, name):
    body = f"dilation >= 9 and os.kill(os.getpid(), signal.{name})\ntell('')"
    monkeypatch.setattr(trial, "CHILD", child(body))
    dead = f"it kills the process ({name})"
    assert list(try_kinds(DILATED, "bfloat16").values()) == ["", dead, dead]


def test_a_layer_that_never_ends(monkeypatch):
    monkeypatch.setattr(trial, "CHILD", child("dilation == 9 and signal.pause()\ntell('')"))
    monkeypatch.setattr(trial, "SECONDS", 1)
    assert list(try_kinds(DILATED, "bfloat16").values()) == ["", "it did not end within 1 s", ""]


def test_one_channel_of_many_that_is_all_wrong(monkeypatch):
    call = Kind.call

    def planted(self, picture, weight, bias):
        factor = torch.ones(600, 1, 1, 1)
        factor[-1] = 0.0 if torch.is_autocast_enabled("cpu") else 1.0
        return call(self, picture, Off.apply(weight, factor), bias)

    monkeypatch.setattr(Kind, "call", planted)
    many = Kind("conv2d", (600, 2, 3, 3), False, ())
    assert compare(many, torch.bfloat16).startswith("its gradient of the weights is off by ")


def test_a_layer_larger_than_the_usual_map():
    far = Kind("conv2d", (2, 2, 3, 3), False, (("dilation", 24),))
    assert compare(far, torch.bfloat16) == ""


def test_a_child_that_dies_at_its_very_end(monkeypatch):
    """Of memory that a layer spoilt; each has answered."""
    body = "tell('')\ndilation == 11 and os.kill(os.getpid(), signal.SIGABRT)"
    monkeypatch.setattr(trial, "CHILD", child(body))
    assert try_kinds(DILATED, "bfloat16") == dict.fromkeys(DILATED, "")


@pytest.mark.parametrize("noise", ["print('Loaded \"x\"')", "print('\"x\"')", "print('x', end='')"])
def test_what_others_print_is_no_answer(monkeypatch, tmp_path, noise):
    (tmp_path / "sitecustomize.py").write_text(noise)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert try_kinds(RIGHT[:1], "bfloat16") == {RIGHT[0]: ""}


def test_no_code_comes_from_the_folder_one_works_in(monkeypatch, tmp_path):
    (tmp_path / "torch.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    assert try_kinds(RIGHT[:1], "bfloat16") == {RIGHT[0]: ""}


@pytest.mark.parametrize(
    "command",
    [
        ("",),  # sys.executable, where Python is built into another program
        (sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGABRT)"),
    ],
)
def test_a_child_that_never_comes_to_a_layer(monkeypatch, command):
    monkeypatch.setattr(trial, "CHILD", command)
    assert try_kinds(DILATED, "bfloat16") == {}


@pytest.mark.parametrize("end", ["sys.exit(1)", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_a_child_that_cannot_work_says_nothing_of_the_layers(monkeypatch, end):
    """A broken environment, or a machine out of memory, is no fault of a layer."""
    monkeypatch.setattr(trial, "CHILD", child(f"dilation == 9 and {end}\ntell('')"))
    assert try_kinds(DILATED, "bfloat16") == {DILATED[0]: ""}
