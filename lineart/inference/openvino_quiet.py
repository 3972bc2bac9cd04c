"""OpenVINO, imported without its report.

Its import alone sends an event to an analytics service and keeps an identity in the home folder, by the
package ``openvino_telemetry``; where that cannot be imported, it goes without. Pictures are read here without
telling anyone, so for the length of this import it cannot be.
"""

from __future__ import annotations

import sys

REPORT = "openvino_telemetry"

_kept = sys.modules.get(REPORT)
sys.modules[REPORT] = None  # type: ignore[assignment]  # whoever imports it is told that it is not there
try:
    import openvino
    from openvino import opset13
finally:
    if _kept is None:
        del sys.modules[REPORT]
    else:
        sys.modules[REPORT] = _kept

__all__ = ["openvino", "opset13"]
