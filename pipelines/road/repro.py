"""The whole road, or the ablation beside it: `dvc repro` with one Prefect server around it.

DVC decides what is out of date and runs it, stage by stage; this only spares each stage a server of its
own, keeps a second run in the same folder out, passes Ctrl-C on, says where on the road it is, and shows the
table at the end. The failure of one row does not stop the others: docs/decisions/0022-a-row-may-fail.md.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from lineart.errors import InputError
from lineart.settings import read_file
from pipelines import failed
from pipelines.alone import alone
from pipelines.failed import Failed
from pipelines.params import FILE, read_params
from pipelines.plan import ahead, estimate, graph
from pipelines.plan.graph import Plan
from pipelines.plan.journey import Journey
from pipelines.plan.watched import ROAD, check_watched
from pipelines.road.server import prefect_server
from pipelines.road.show import show
from pipelines.tracking.outbox import is_behind, tell

ABLATION = "ablation/dvc.yaml"
BOARD = "leaderboard"


def repro(root: Path) -> int:
    """Bring everything up to date but the ablation; returns the exit status.

    Raises:
        InputError: if another run is at work in the same folder, or the params file is wrong.
        KeyboardInterrupt: if it was stopped.
    """
    with _alone(root):
        params = read_params(root / FILE)
        check_watched(params, root)
        plan = graph.plan(root, ROAD)
        if not plan.stages:
            print("Everything is up to date.")
            _fill_mlflow(params.rows, root)
            show(root)
            tell(root)
            return 0
        params.check()  # a slip in the last stage's settings, before hours in the first
        with tempfile.TemporaryDirectory() as reasons, prefect_server() as server:
            status, lost, account = _run(root, ROAD, plan, Path(reasons), server.lifeline)
            table = not status or _table_without(root, plan, lost, Path(reasons))
        if table:
            show(root)
            tell(root)
        print("\n".join(["", *account]))
        if status:
            print("\n".join(summary(lost, plan)), file=sys.stderr)
        return 1 if status else 0


def ablation(root: Path) -> int:
    """Bring the ablation up to date, with what it needs of the road, and print its table.

    Returns, and raises, as :func:`repro`.
    """
    from pipelines.plan.ablation import write_graph  # imports torch

    with _alone(root):
        params = read_params(root / FILE)
        check_watched(params, root)
        write_graph(root, ABLATION, params.train.models)
        plan = graph.plan(root, ABLATION)
        if plan.stages:
            params.check()
            with tempfile.TemporaryDirectory() as reasons, prefect_server() as server:
                status, lost, account = _run(root, ABLATION, plan, Path(reasons), server.lifeline)
            print("\n".join(["", *account]))
            if status:
                print("\n".join(summary(lost, plan)), file=sys.stderr)
                return 1
        else:
            print("The ablation is up to date.")
            _fill_ablation(root / "ablation", root)
        table = root / "ablation" / "table.md"
        print(table.read_text())
        print(f"The table:   {table}, and table.csv beside it")
        tell(root)
    return 0


def summary(lost: Sequence[Failed], plan: Plan) -> list[str]:
    """What failed, why, what was not done for it, and how to go on."""
    names = {each.stage for each in lost}
    said = [f"{each.stage} failed: {each.reason}" for each in lost]
    waiting = [stage for stage in plan.stages if plan.causes[stage] & names and stage not in names]
    waiting = [stage for stage in waiting if stage != BOARD or not _is_rows(plan, lost)]
    if waiting:
        said.append(f"Not done, for it hangs on that: {', '.join(waiting)}.")
    if not lost:
        return ["DVC failed; its words are above."]
    out = f", or take a row that fails out of {FILE}" if any(each.row for each in lost) else ""
    said.append(f"Mend that{out}, and run the same command again: what is done stays done.")
    return said


def _run(
    root: Path, file: str, plan: Plan, reasons: Path, lifeline: Sequence[int]
) -> tuple[int, list[Failed], list[str]]:
    """Let DVC do a plan; returns its exit status, what failed, and where the time went."""
    here, reference = estimate.of_this_machine(root), estimate.read(root / estimate.REFERENCE)
    expected = estimate.estimates(plan, read_file(root / FILE), here, reference)
    for line in [
        *ahead.headline(plan, expected, here, reference),
        *ahead.table(plan, expected),
        "",
    ]:
        print(line, flush=True)
    journey = Journey(plan, expected)
    try:
        status = graph.run(root, file, journey.hear, reasons, lifeline)
        journey.end()
    finally:
        estimate.remember(root, plan, journey.took, here)
    lost = failed.of(journey.failed, reasons, journey.said) if status else []
    return status, lost, journey.account()


def _is_rows(plan: Plan, lost: Sequence[Failed]) -> bool:
    """Whether all that the leaderboard lacks are rows of it."""
    causes = plan.causes.get(BOARD, frozenset())
    return bool(lost) and all(
        each.row for each in lost if each.stage in causes or each.stage == BOARD
    )


def _table_without(root: Path, plan: Plan, lost: Sequence[Failed], reasons: Path) -> bool:
    """Make the leaderboard of the rows that are there, for DVC makes none; returns whether there is one."""
    if not _is_rows(plan, lost):
        return False
    rows = [each for each in lost if each.row]
    if not rows:
        return True  # what failed lies beside the leaderboard, which DVC has made
    path = reasons / "failed.json"
    failed.write(path, rows)
    command = [sys.executable, "-m", "pipelines", BOARD, "--failed", str(path)]
    print(f"The table without {', '.join(each.row for each in rows)}:", flush=True)
    return not subprocess.run(command, cwd=root, env=graph.environment()).returncode


def _alone(root: Path) -> contextlib.AbstractContextManager[None]:
    busy = f"Another run is at work in {root}; wait for it, or use a second clone."
    return alone(root / ".dvc" / "tmp" / "repro.lock", busy)


def _fill_mlflow(models: tuple[str, ...], root: Path) -> None:
    """Log what MLflow would not take the last time, or has lost since, if there is anything."""
    if is_behind(root, "leaderboard", _scored(root / "evaluation", models)):
        from pipelines.stages.leaderboard import publish_records, read_records

        data = root / "data/augmented"
        records = read_records(models, root / "models", root / "evaluation", data)
        print(f"leaderboard: {publish_records(records, root / 'reports', data)}")
    under = root / "ablation"
    if (under / "table.csv").exists():
        # One that was made on other data is left to `python -m pipelines ablation`.
        with contextlib.suppress(InputError):
            _fill_ablation(under, root)


def _fill_ablation(under: Path, root: Path) -> None:
    """Likewise for the ablation."""
    if is_behind(root, "ablation", _scored(under / "evaluation")):
        from pipelines.stages.ladder import publish_steps

        print(f"ladder: {publish_steps(root / 'data/augmented', under)}")


def _scored(evaluation: Path, models: tuple[str, ...] = ()) -> list[str]:
    """Whose scores are there; of some models, if they are named."""
    found = [path.parent.name for path in sorted(evaluation.glob("*/scores.json"))]
    return [name for name in found if name in models or not models]
