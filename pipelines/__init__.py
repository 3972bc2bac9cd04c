"""The outside world: one Prefect flow a stage, DVC around them, MLflow behind them.

The stages themselves are plain functions of :mod:`dataset_tools` and :mod:`lineart`; a flow reads its
settings, spreads the work over processes and says in one line what came of it.
"""

from pipelines import runtime

# Prefect and MLflow read the environment when they are imported, so it is settled before any module here.
runtime.prepare()
