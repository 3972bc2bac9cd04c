"""One run of DVC, listened to: which stage of how many it is at, how long each took, and what failed."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pipelines.plan import ahead
from pipelines.plan.estimate import Estimate
from pipelines.plan.graph import Plan

BEGINS = re.compile(r"^Running stage '(.+)':$")
PASSED = re.compile(r"^Stage '(.+)' (?:is cached|didn't change|is frozen)")
DONE = re.compile(r"^(?:Updating|Generating) lock file ")
SKIPS = re.compile(r"^WARNING: Stages? ('.+') will be skipped")
WARNS = re.compile(r"^WARNING: (.+)$")
FAILED = re.compile(r"^ERROR: failed to reproduce(?: stages:)? (.+)$")
UNSAID = (
    "ERROR: failed to reproduce",
    "ERROR: interrupted by the user",
    "Use `dvc push`",
)
HINTS = (
    "To track the changes with git",
    "\tgit add",
    "To enable auto staging",
    "\tdvc config core.autostage",
)


@dataclass
class Journey:
    """What is heard of a run."""

    plan: Plan
    expected: Mapping[str, Estimate]
    clock: Callable[[], float] = time.perf_counter
    spent: dict[str, float] = field(default_factory=dict)  # seconds of each stage that ran
    failed: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)  # by stage, what DVC said of its failure
    _at: str = ""  # the stage that runs
    _since: float = 0.0
    _passed: set[str] = field(default_factory=set)  # over, up to date, or to wait

    @property
    def took(self) -> dict[str, float]:
        """Seconds of each stage that was done; what failed tells nothing of how long it takes."""
        return {stage: spent for stage, spent in self.spent.items() if stage not in self.said}

    def hear(self, line: str) -> None:
        """Take a line of DVC's in, and say it with what is known beside it."""
        if begins := BEGINS.match(line):
            now = self.clock()
            self._end(now)
            self._at, self._since = begins.group(1), now
            print(self.place(self._at), flush=True)
        elif passed := PASSED.match(line):
            self._end()
            self._passed.add(passed.group(1))
            if passed.group(1) not in self.plan.stages:
                return  # nobody has asked
        elif DONE.match(line):
            self._end()
        elif skips := SKIPS.match(line):
            self._passed.update(re.findall(r"'([^']+)'", skips.group(1)))
        elif warns := WARNS.match(line):
            self.said[self._at] = warns.group(1)  # under "" if it failed before it could run
        elif failed := FAILED.match(line):
            self.failed = re.findall(r"'([^']+)'", failed.group(1).partition(": ")[0])
        if not line.startswith((*UNSAID, *HINTS)):
            print(line, file=sys.stderr if line.startswith("ERROR") else sys.stdout, flush=True)

    def end(self) -> None:
        """DVC has nothing more to say."""
        self._end()

    def place(self, stage: str) -> str:
        """Where on the road a stage is, and how long the rest takes."""
        waiting = [each for each in self.plan.stages if each not in self._passed]
        number = len(self.plan.stages) - len(waiting) + 1
        said = f"[{number} of {len(self.plan.stages)}] {stage}"
        if not ahead.is_unknown(self.expected, stage):
            said += f": {ahead.about(ahead.left([stage], self.expected, self.took))}"
        rest = ahead.left(waiting, self.expected, self.took)
        if rest is None:
            return said
        more = " and more" if any(ahead.is_unknown(self.expected, each) for each in waiting) else ""
        return f"{said}; {ahead.about(rest)}{more} to the end of the road"

    def account(self) -> list[str]:
        """Where the time went: a line a kind of stage, the longest first; nothing if no stage ran."""
        kinds: dict[str, dict[str, float]] = {}
        for stage, seconds in self.spent.items():
            kind, _, name = stage.partition("@")
            kinds.setdefault(kind, {})[name] = seconds
        if not kinds:
            return []
        totals = {kind: sum(each.values()) for kind, each in kinds.items()}
        width = max(map(len, kinds))
        lines = [f"Where the time went, {lasted(sum(totals.values()))} in all:"]
        for kind, each in sorted(kinds.items(), key=lambda item: -totals[item[0]]):
            said = [f"{name} {lasted(each[name])}" for name in sorted(each, key=lambda n: -each[n])]
            named = f": {', '.join(said)}" if "" not in each else ""
            lines.append(f"  {kind:{width}}  {lasted(totals[kind])}{named}")
        return lines

    def _end(self, now: float | None = None) -> None:
        if not self._at:
            return
        self.spent[self._at] = (self.clock() if now is None else now) - self._since
        self._passed.add(self._at)
        self._at = ""


def lasted(seconds: float) -> str:
    """A time that is known.

    >>> [lasted(seconds) for seconds in (0.4, 59.6, 119.7, 4000)]
    ['0 s', '1 min 0 s', '2 min 0 s', '1 h 6 min']
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return (
        f"{whole // 60} min {whole % 60} s"
        if whole < 3600
        else f"{whole // 3600} h {whole % 3600 // 60} min"
    )
