"""The limits of all checks, each group beside its checks."""

from __future__ import annotations

from dataclasses import dataclass, field

from dataset_tools.checks.agreement import AgreementLimits
from dataset_tools.checks.files import FileLimits
from dataset_tools.checks.line import LineLimits
from dataset_tools.checks.partner import PartnerLimits
from dataset_tools.checks.registration import RegistrationLimits
from dataset_tools.checks.render import RenderLimits
from dataset_tools.checks.strokes import StrokeLimits


@dataclass(frozen=True)
class CheckSettings:
    """The limits of all checks."""

    files: FileLimits = field(default_factory=FileLimits)
    line: LineLimits = field(default_factory=LineLimits)
    strokes: StrokeLimits = field(default_factory=StrokeLimits)
    render: RenderLimits = field(default_factory=RenderLimits)
    registration: RegistrationLimits = field(default_factory=RegistrationLimits)
    agreement: AgreementLimits = field(default_factory=AgreementLimits)
    partner: PartnerLimits = field(default_factory=PartnerLimits)
