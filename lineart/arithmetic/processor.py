"""What processor this is, and what its libraries may use of it; without torch."""

from __future__ import annotations

import functools
import os
import platform
from pathlib import Path

# Features that libraries of arithmetic choose their code by, as Linux spells them, oldest first.
FEATURES = ("avx", "avx2", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "avx512_fp16",
            "amx_tile", "amx_bf16", "amx_int8", "amx_fp16")  # fmt: skip
BEST = {
    "amx_bf16": "AMX",
    "avx512_bf16": "AVX-512 and bfloat16",
    "avx512f": "AVX-512",
    "avx2": "AVX2",
}
# Values of oneDNN's variable that leave it no arithmetic in bfloat16; it knows more, all later ones.
NO_BFLOAT16 = (
    "SSE41",
    "AVX",
    "AVX2",
    "AVX2_VNNI",
    "AVX2_VNNI_2",
    "AVX512_CORE",
    "AVX512_CORE_VNNI",
)
LIMITS = ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA")  # the first that is set counts


def processor_name() -> str:
    """As its maker calls it; its architecture where that cannot be told."""
    return _cpuinfo().get("model name") or platform.processor() or platform.machine() or "unknown"


def features() -> str:
    """Those of :data:`FEATURES` that it has, in one line; empty where that cannot be told."""
    flags = _cpuinfo().get("flags", "").split()
    return " ".join(feature for feature in FEATURES if feature in flags)


def best_arithmetic() -> str:
    """The newest arithmetic it has, as people call it: ``AMX``, say; empty where that cannot be told."""
    flags = features().split()
    return next((words for feature, words in BEST.items() if feature in flags), "")


def isa_limit() -> str:
    """The limit set for oneDNN, ``DNNL_MAX_CPU_ISA=AVX2`` say; empty without one."""
    for name in LIMITS:
        if os.environ.get(name):
            return f"{name}={os.environ[name].upper()}"
    return ""


def bfloat16_forbidden() -> bool:
    """Whether the limit set for oneDNN leaves no arithmetic in bfloat16; it would be imitated, slowly."""
    return isa_limit().partition("=")[2] in NO_BFLOAT16


@functools.cache
def _cpuinfo() -> dict[str, str]:
    """The first processor of Linux's table; empty elsewhere."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    lines = (line.partition(":") for line in text.partition("\n\n")[0].splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}
