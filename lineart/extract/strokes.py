"""Strokes as a hand draws them: the branches of a skeleton without its spurs, straight on through crossings.

Where two lines cross, the skeleton of their ink bends, and thick lines meet in two threefold points with a
bridge between them. What lies within the disc of ink round such a point tells nothing of where the lines go.
So a branch is looked at from where it leaves that disc, and a stroke runs straight across it.
"""

from __future__ import annotations

import cmath
import math
from itertools import combinations
from typing import NamedTuple

import cv2
import numpy as np

from lineart.extract.trace import Points
from lineart.pictures.images import Picture

End = tuple[int, int]  # the number of a branch, and 0 for its first point or -1 for its last
Knot = tuple[int, int]  # a pixel where branches end, row and column
# For an end of a branch the one that goes on there, and the pixels between.
Joins = dict[End, tuple[End, Points]]

HALF = 0.5  # widths of its line by which a spur stands out at most
CORNER = 0.3  # widths by which the corners at the end of a broad line stand out at most
ROUGH = 0.3  # pixels by which a spur may stand out more
STUBBY = 2.0  # times its own width by which a spur stands out at most; what is longer is a line
BRIDGE = 1.7  # times the depths at its ends, and two pixels: the longest inside of a crossing
KNOTS = 16  # of a crossing at most; a texture is no crossing
ONWARD = 75.0  # degrees; a stroke that turns by more at a crossing ends there. The arms of a Y turn by 60
STRAIGHT = 45.0  # degrees of turn up to which a stroke runs straight across a crossing
ALIKE = 2.0  # times; what goes on as one stroke differs by no more in width

NOTHING: Points = np.zeros((0, 2), np.int32)


class Arm(NamedTuple):
    """A branch as seen from a crossing; places are complex numbers, row and column."""

    end: End
    knot: complex
    cut: int  # points that lie within the disc of ink round the knot, at most half of the branch
    leaves: complex  # the first point after them
    way: complex  # from there along the branch
    depth: float  # of the branch in the median, pixels


def joined(branches: list[Points], depth: Picture) -> list[Points]:
    """The strokes that branches make.

    Args:
        branches: ``(N, 2)`` pixels each, row and column, of :func:`lineart.extract.trace.followed`.
        depth: ``(H, W)`` float32, the way from each pixel to paper, in pixels.

    Returns:
        Strokes of ``(N, 2)`` pixels. At a crossing those branches become one stroke that go on most
        straightly, if they turn by less than :data:`ONWARD`; others end there. A loop ends where it began.
        Spurs, which stand out of a line by no more than half its width, are left out.
    """
    branches = _pruned(branches, depth)
    joins: Joins = {}
    cuts: dict[End, int] = {}
    passed: set[int] = set()
    for ends, bridges in _crossings(branches, depth):
        arms = [_arm(branches, end, depth) for end in ends]
        ways = []
        for one, other, way, straight in _pairs(arms, depth):
            joins |= {one.end: (other.end, way), other.end: (one.end, way[::-1])}
            if straight:
                cuts |= {one.end: one.cut, other.end: other.cut}
            ways.append(way)
        if ways and bridges:
            near = max(1.0, min(arm.depth for arm in arms) - 0.5)  # half a line, or a pixel
            drawn = np.concatenate(ways)
            passed |= {number for number in bridges if _far(branches[number], drawn) <= near}
    parts = [
        points[cuts.get((number, 0), 0) : len(points) - cuts.get((number, -1), 0)]
        for number, points in enumerate(branches)
    ]
    return _linked(parts, joins, passed)


def _pruned(branches: list[Points], depth: Picture) -> list[Points]:
    """Without spurs; of those in which a line ends the longest stays, if it is more than a corner."""
    # The depth is the same for an odd width and the even one above it; its mean over three pixels is not.
    mean = np.asarray(cv2.blur(depth, (3, 3)), np.float32)
    while True:
        meeting = _meeting(branches)
        widths = [2 * _median(points, mean) + 0.5 for points in branches]
        gone = set()
        for ends in meeting.values():
            if len(ends) < 3:
                continue
            free = [
                (number, side)
                for number, side in ends
                if len(meeting[_knot(branches, (number, ~side))]) == 1
            ]
            spurs = _spurs(branches, free, ends, widths, depth)
            for left, (out, number) in zip(range(len(ends) - 1, 0, -1), spurs, strict=False):
                if left > 1 or (len(spurs) < len(ends) and out <= CORNER):
                    gone.add(number)
        if not gone:
            return branches
        branches = [points for number, points in enumerate(branches) if number not in gone]
        joins: Joins = {}
        for ends in _meeting(branches).values():
            if len(ends) == 2:
                one, other = ends
                joins |= {one: (other, NOTHING), other: (one, NOTHING)}
        branches = _linked(branches, joins)


def _spurs(
    branches: list[Points], free: list[End], ends: list[End], widths: list[float], depth: Picture
) -> list[tuple[float, int]]:
    """The spurs of the ``free`` branches at a knot: how far they stand out, and their numbers; sorted."""
    spurs = []
    for number, side in free:
        points = _from(branches, (number, side))
        others = {other for other, _ in ends} - {number}
        # Bridges inside of a crossing are as broad as all of it.
        lines = [widths[other] for other in others if len(branches[other]) > widths[other]]
        width = max(lines, default=min(widths[other] for other in others))
        out = _stands_out(points, width, float(depth[tuple(points[0])]), depth)
        if out <= HALF:
            spurs.append((out, number, points, width))
    if len(ends) - len(spurs) > 1:
        # A broad branch draws its knot towards it, farther from the other edge than the depth tells.
        spurs = [
            (_stands_out(points, width, _onward(points[::-1], depth), depth), number, points, width)
            for _, number, points, width in spurs
        ]
    return sorted((out, number) for out, number, _, _ in spurs if out <= HALF)


def _stands_out(points: Points, width: float, back: float, depth: Picture) -> float:
    """How far a branch stands out of a line where it begins, in widths of the line; infinite for a thin line.

    Args:
        points: ``(N, 2)``, the branch, from the line on.
        width: of the line, in pixels.
        back: from the first point to the far edge of the line, in pixels.
        depth: ``(H, W)``, as for :func:`joined`.
    """
    away = _away(points, points[0])
    out = max(0.0, back + float(away[-1]) + _onward(points, depth) - 1 - width - ROUGH)
    outside = points[away >= width / 2]
    if len(outside) and out > STUBBY * (2 * float(depth[tuple(outside[len(outside) // 2])]) - 0.5):
        return math.inf
    return out / width


def _onward(points: Points, depth: Picture) -> float:
    """From the last point straight on to paper, in pixels: thinning takes from the ends of broad lines."""
    way = points[-1] - points[0]
    reach = float(depth[tuple(points[-1])])
    steps = np.arange(1, 2 * int(reach) + 3)
    places = np.rint(points[-1] + steps[:, None] * (way / np.hypot(*way))).astype(int)
    inside = ((places >= 0) & (places < depth.shape)).all(axis=1)
    inside[inside] = depth[tuple(places[inside].T)] > 0
    return reach if inside.all() else float(steps[inside.argmin()])


def _crossings(branches: list[Points], depth: Picture) -> list[tuple[list[End], list[int]]]:
    """The ends of branches that meet at each crossing, and the numbers of the bridges inside of it.

    Knots are one crossing where a bridge between them is not much longer than their discs of ink reach.
    """
    meeting = {knot: ends for knot, ends in _meeting(branches).items() if len(ends) > 2}
    short = []
    for number, points in enumerate(branches):
        one, other = _knot(branches, (number, 0)), _knot(branches, (number, -1))
        longest = BRIDGE * float(depth[one] + depth[other]) + 2
        if {one, other} <= meeting.keys() and len(points) - 1 <= longest:
            short.append((len(points), number, one, other))
    crossing: dict[Knot, tuple[list[Knot], list[int]]] = {knot: ([knot], []) for knot in meeting}
    for _, number, one, other in sorted(short):
        (knots, bridges), (more, others) = crossing[one], crossing[other]
        if knots is more:
            bridges.append(number)
        elif len(knots) + len(more) <= KNOTS:
            knots += more
            bridges += [*others, number]
            crossing |= dict.fromkeys(more, crossing[one])
    return [
        ([end for knot in knots for end in meeting[knot] if end[0] not in bridges], bridges)
        for first, (knots, bridges) in crossing.items()
        if first == knots[0]
    ]


def _arm(branches: list[Points], end: End, depth: Picture) -> Arm:
    points = _from(branches, end)
    radius = float(depth[tuple(points[0])])
    half = (len(points) - 1) // 2
    outside = _away(points[:half], points[0]) > radius
    cut = int(outside.argmax()) if outside.any() else half
    # As far again; of a loop not so far that it would come back.
    there = max(cut + 1, min(cut + round(radius) + 4, 2 * len(points) // 3))
    leaves = _complex(points[cut])
    way = _complex(points[there]) - leaves
    return Arm(end, _complex(points[0]), cut, leaves, way, _median(branches[end[0]], depth))


def _pairs(arms: list[Arm], depth: Picture) -> list[tuple[Arm, Arm, Points, bool]]:
    """The arms that go on as one another, the straightest first.

    With the pixels between them, all of them ink, and whether they lead straight across or from knot to knot.
    """
    turns = []
    for (i, one), (j, other) in combinations(enumerate(arms), 2):
        thin, thick = sorted((one.depth, other.depth))
        turn = _turn(one, other)
        if turn < ONWARD and thick <= ALIKE * thin:
            turns.append((turn, i, j))
    pairs = []
    free = set(range(len(arms)))
    for turn, i, j in sorted(turns):
        if {i, j} <= free:
            one, other = arms[i], arms[j]
            across = _line(one.leaves, other.leaves)
            straight = turn < STRAIGHT and _is_ink(across, depth)
            way = across if straight else _line(one.knot, other.knot)
            if straight or _is_ink(way, depth):
                free -= {i, j}
                pairs.append((one, other, way, straight))
    return pairs


def _is_ink(points: Points, depth: Picture) -> bool:
    return bool((depth[points[:, 0], points[:, 1]] > 0).all())


def _turn(one: Arm, other: Arm) -> float:
    """Degrees by which a stroke turns that comes along one arm, crosses over and leaves along the other."""
    over = other.leaves - one.leaves or -one.way
    turns = cmath.phase(over / -one.way), cmath.phase(other.way / over)
    return math.degrees(sum(map(abs, turns)))


def _linked(parts: list[Points], joins: Joins, without: set[int] | None = None) -> list[Points]:
    """Parts put together as ``joins`` says, those that begin at a free end first, then loops."""
    done = set(without or ())
    ends = [(number, side) for number in range(len(parts)) for side in (0, -1)]
    strokes = []
    for start in [end for end in ends if end not in joins] + ends:
        if start[0] in done:
            continue
        pieces, end = [], start
        while end[0] not in done:
            done.add(end[0])
            pieces.append(_from(parts, end))
            far = end[0], ~end[1]
            if far not in joins:
                break
            end, between = joins[far]
            pieces.append(between)
        else:
            pieces.append(pieces[0][:1])
        stroke = np.concatenate(pieces)
        moves = np.ones(len(stroke), bool)
        moves[1:] = (np.diff(stroke, axis=0) != 0).any(axis=1)
        strokes.append(stroke[moves])
    return strokes


def _meeting(branches: list[Points]) -> dict[Knot, list[End]]:
    """The ends of branches at each knot."""
    meeting: dict[Knot, list[End]] = {}
    for number in range(len(branches)):
        for side in (0, -1):
            meeting.setdefault(_knot(branches, (number, side)), []).append((number, side))
    return meeting


def _knot(branches: list[Points], end: End) -> Knot:
    row, column = branches[end[0]][end[1]].tolist()
    return row, column


def _from(branches: list[Points], end: End) -> Points:
    """The points of a branch, that end first."""
    return branches[end[0]][:: 1 + 2 * end[1]]


def _median(points: Points, depth: Picture) -> float:
    return float(np.median(depth[points[:, 0], points[:, 1]]))


def _away(points: Points, place: Points) -> Picture:
    return np.asarray(np.hypot(*(points - place).T), np.float32)


def _far(points: Points, drawn: Points) -> float:
    """How far the points are from what is drawn, the farthest of them."""
    return max(float(_away(drawn, point).min()) for point in points)


def _complex(point: Points) -> complex:
    row, column = point.tolist()
    return complex(row, column)


def _line(start: complex, stop: complex) -> Points:
    """The pixels from one to the other, both included."""
    steps = int(max(abs((stop - start).real), abs((stop - start).imag)))
    places = start + (stop - start) * np.linspace(0, 1, steps + 1)
    return np.rint(np.stack([places.real, places.imag], axis=-1)).astype(np.int32)
