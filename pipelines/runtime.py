"""What must be settled before Prefect and MLflow are imported: quiet, offline, inside the project.

Both read their settings from the environment at import. :func:`prepare` fills in what is not set, so
whoever sets a variable (a Prefect or MLflow server of their own, say) is obeyed.
"""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from lineart.local import ask_directly
from pipelines import database

# As it was before anything here was settled; what the doctor looks at.
GIVEN = dict(os.environ)

INSIDE_REPRO = "LINEART_INSIDE_REPRO"  # set for the stages that `repro` runs
REASONS = "LINEART_REASONS"  # likewise: the folder where a stage that fails leaves its reason
PREFECT_DATABASE = ("PREFECT_SERVER_DATABASE_CONNECTION_URL", "PREFECT_API_DATABASE_CONNECTION_URL")


def root() -> Path:
    """The checkout: ``DVC_ROOT`` inside a DVC stage (also one that runs in a copy), else ours."""
    return Path(os.environ.get("DVC_ROOT") or Path(__file__).resolve().parents[1]).resolve()


def defaults(root: Path) -> dict[str, str]:
    """The environment a run wants, for a project at ``root``."""
    return {
        # No telemetry, no update checks.
        "DO_NOT_TRACK": "1",
        "DVC_NO_ANALYTICS": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
        # Prefect keeps its records beside the data. What went wrong is said once, by our command
        # line, so its own loggers (which print whole tracebacks) are kept silent.
        "PREFECT_HOME": str(root / ".prefect"),
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",
        "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_UI_ENABLED": "false",
        # On a busy machine a server takes longer than the 20 seconds Prefect grants it.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
        # An MLflow server that does not answer costs seconds, not the minutes of its own defaults.
        "MLFLOW_TRACKING_URI": database.address_of(root / database.FILE),
        "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
        "MLFLOW_LOGGING_LEVEL": "ERROR",
        "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
        "GIT_PYTHON_REFRESH": "quiet",
    }


def prepare() -> None:
    """Set what is not set yet. Call it before importing Prefect or MLflow."""
    for name, value in defaults(root()).items():
        os.environ.setdefault(name, value)
    # Prefect does not quote the path; its other spelling of this setting counts as well
    home = str(Path(os.environ["PREFECT_HOME"]).expanduser())
    if set("?%") & set(home) and PREFECT_DATABASE[1] not in os.environ:
        own = database.address_of(Path(home, "prefect.db"), "aiosqlite")
        os.environ.setdefault(PREFECT_DATABASE[0], own)
    ask_directly()


def stop_signals() -> list[signal.Signals]:
    """What asks us to stop: Ctrl-C, `kill`, a terminal that closes (unless `nohup` told us not to mind)."""
    hangup = signal.getsignal(signal.SIGHUP) != signal.SIG_IGN
    return [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hangup else [])]


def commit() -> str:
    """The Git commit of the checkout, with ``+`` behind it if tracked files differ; or ``unknown``."""
    try:
        head = _git("rev-parse", "HEAD").strip()
        return head + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(root()), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
