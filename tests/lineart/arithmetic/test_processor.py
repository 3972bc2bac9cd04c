"""What a limit set for oneDNN means."""

import pytest
import torch

from lineart.arithmetic.processor import bfloat16_forbidden, isa_limit, processor_name
from lineart.inference.network import fast_bfloat16


@pytest.mark.parametrize(
    ("limit", "forbidden"),
    [
        ("", False),
        ("avx2", True),
        ("AVX512_CORE", True),
        ("AVX512_CORE_VNNI", True),
        ("AVX512_CORE_BF16", False),
        ("AVX512_CORE_AMX", False),
        ("DEFAULT", False),
    ],
)
@pytest.mark.parametrize("name", ["DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA"])
def test_older_limits_leave_no_bfloat16(monkeypatch, name, limit, forbidden):
    for variable in ("DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv(name, limit)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True)
    assert bfloat16_forbidden() is forbidden
    assert fast_bfloat16(torch.device("cpu")) is not forbidden
    assert isa_limit() == (f"{name}={limit.upper()}" if limit else "")


def test_the_newer_name_of_the_variable_counts_first(monkeypatch):
    monkeypatch.setenv("DNNL_MAX_CPU_ISA", "AVX2")
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_AMX")
    assert not bfloat16_forbidden()


def test_a_processor_has_a_name():
    assert processor_name()
