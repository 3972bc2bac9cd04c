"""What goes wrong between us and MLflow, and how it is said."""

from __future__ import annotations

import re
import sqlite3
import textwrap

import mlflow
from alembic.util.exc import CommandError
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import SQLAlchemyError

from pipelines import database

# What goes wrong between us and MLflow, its database included.
FAILURES = (MlflowException, SQLAlchemyError, CommandError, OSError, sqlite3.Error)
# The codes of those behind which nobody has answered.
SILENT = ("INTERNAL_ERROR", "TEMPORARILY_UNAVAILABLE")

# What is said of a database of another version, after its name.
NEWER = (
    f"is of a newer version than this MLflow, {mlflow.__version__}: bring the project up to date and run "
    f"`make install`, or set MLFLOW_TRACKING_URI to another database"
)
OLDER = (
    f"is of an older version than this MLflow, {mlflow.__version__}: keep a copy of it, then run: "
    f'mlflow db upgrade "$MLFLOW_TRACKING_URI"'
)


class Unsuited(MlflowException):
    """A database that another version of MLflow has made; the words go on after its name."""


def is_missing(error: BaseException) -> bool:
    """Whether what was asked for is not there, though MLflow is."""
    code = error.error_code if isinstance(error, MlflowException) else ""
    return code == "RESOURCE_DOES_NOT_EXIST" or isinstance(error, FileNotFoundError)


def unreachable(error: BaseException) -> str:
    """A failure of MLflow as the beginning of a sentence."""
    where = database.shown(mlflow.get_tracking_uri())
    if isinstance(error, Unsuited):
        return f"MLflow's database {where} {error.message}"
    answered = isinstance(error, MlflowException) and error.error_code not in SILENT
    found = re.search(r"\[Errno -?\d+\] ([^\"')]+)", str(error))
    if found:
        reason = found.group(1)
    else:  # statements and tables follow in lines of their own
        reason = textwrap.shorten(str(error).strip().partition("\n")[0], 400, placeholder=" …")
    return f"MLflow at {where} {'refused' if answered else 'did not answer'} ({reason})"
