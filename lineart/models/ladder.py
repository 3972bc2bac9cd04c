"""The paper's ablation (its table 2): the recipes from U²-NetP to CLEAR-Net, one thing added at a time.

They share one training, that of CLEAR-Net, so that only the step differs.
"""

from __future__ import annotations

import dataclasses

from lineart.losses import JointSettings, TauSettings
from lineart.models.clearnet import RECIPE

PLAIN = JointSettings(
    suppression=0.0, temperature=1.0, epsilon=0.0, tau=TauSettings(start=1.0, end=1.0)
)
SUPPRESSED = dataclasses.replace(PLAIN, suppression=0.5, temperature=0.5)

U2NETP = dataclasses.replace(RECIPE, model="u2netp", loss_settings=PLAIN)
EXTRACTION = dataclasses.replace(RECIPE, loss_settings=PLAIN, arguments={"side_aggregation": False})
AGGREGATION = dataclasses.replace(RECIPE, loss_settings=PLAIN)
SUPPRESSION = dataclasses.replace(RECIPE, loss_settings=SUPPRESSED)
TEMPERATURE = RECIPE
