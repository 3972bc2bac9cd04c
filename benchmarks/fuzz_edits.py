"""Damaged files, drawn by Hypothesis: bytes out of the blue, and small edits of whole files.

Most damage to a PNG or a ZIP is caught by a checksum, so that what lies behind it never sees a strange
value. After the edits the checksums are put right again, and in a ZIP it is a member that is edited.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

from hypothesis import strategies as st

PNG = b"\x89PNG\r\n\x1a\n"
LONGEST = 1 << 20  # no input is longer
# Lengths and sizes that overflow, or claim what is not there.
EXTREMES = [
    *(
        struct.pack(f"{order}I", number)
        for order in "<>"
        for number in (0, 1, 60_000, 2**31, 2**32 - 1)
    ),
    *(struct.pack(f"{order}H", number) for order in "<>" for number in (0, 1, 2**15, 2**16 - 1)),
    *(
        b"\0",
        b"\xff",
        b"\x7f",
        b"\x80",
        b"\0" * 64,
        b"<" * 300,
        b"[" * 3000,
        b"../",
        b"\xed\xa0\x80",
        b"1e999",
    ),
]
NUMBERS = [b"", b"0", b"-1", b"0.5", b"1e9", b"1e999", b"NaN", b"9" * 20, b"99999", b"'", b"x"]

# Where, as a share of the file: headers are where the claims are.
PLACE = st.one_of(st.floats(0, 1), st.floats(0, 1).map(lambda share: share**4))
EDIT = st.one_of(
    st.tuples(st.just("put"), PLACE, st.one_of(st.binary(max_size=8), st.sampled_from(EXTREMES))),
    st.tuples(
        st.just("insert"), PLACE, st.one_of(st.binary(max_size=8), st.sampled_from(EXTREMES))
    ),
    st.tuples(st.just("remove"), PLACE, PLACE),
    st.tuples(st.just("repeat"), PLACE, PLACE),
    st.tuples(st.just("move"), PLACE, PLACE),
    st.tuples(st.just("cut"), PLACE, st.just(b"")),
)
Edit = tuple[str, float, bytes | float]


def edited(data: bytes, edits: list[Edit]) -> bytes:
    """Apply edits to some bytes, one after the other."""
    for kind, share, more in edits:
        place = int(share * len(data))
        if isinstance(more, bytes):
            rest = {"put": place + len(more), "insert": place, "cut": len(data)}[kind]
            data = data[:place] + more + data[rest:]
        else:
            end = min(place + 1 + int(more * 4096), len(data))
            piece = data[place:end]
            if kind == "remove":
                data = data[:place] + data[end:]
            elif kind == "repeat":
                data = data[:end] + piece * 3 + data[end:]
            else:
                data = piece + data[:place] + data[end:]
        data = data[:LONGEST]
    return data


def edited_member(data: bytes, number: int, edits: list[Edit]) -> bytes:
    """Apply edits to the content of one file of a ZIP and pack it again."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        members = old.infolist()
        for index, member in enumerate(members):
            content = old.read(member)
            chosen = index == number % len(members)
            new.writestr(member, mended(edited(content, edits)) if chosen else content)
    return buffer.getvalue()


def mended(data: bytes) -> bytes:
    """A PNG with the checksum of each chunk put right; anything else as it is."""
    if not data.startswith(PNG):
        return data
    pieces, place = [PNG], len(PNG)
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        if place + 12 + length > len(data):
            break
        body = data[place + 4 : place + 8 + length]
        pieces += [data[place : place + 4], body, zlib.crc32(body).to_bytes(4, "big")]
        place += 12 + length
    return b"".join([*pieces, data[place:]])


def renumbered(data: bytes, place: float, number: bytes) -> bytes:
    """Put another number where a text has one."""
    found = list(re.finditer(rb"[0-9]+", data))
    if not found:
        return data
    match = found[min(int(place * len(found)), len(found) - 1)]
    return data[: match.start()] + number + data[match.end() :]


def inputs(seeds: list[bytes]) -> st.SearchStrategy[bytes]:
    """A strategy for inputs near some whole files; one in a few is bytes out of the blue."""
    edits = st.lists(EDIT, max_size=5)
    whole = st.sampled_from(seeds)
    strategies = [
        st.binary(max_size=200),
        st.builds(edited, whole, edits),
        st.builds(lambda data, list_: mended(edited(data, list_)), whole, edits),
        st.builds(renumbered, whole, st.floats(0, 1), st.sampled_from(NUMBERS)),
    ]
    zips = [seed for seed in seeds if zipfile.is_zipfile(io.BytesIO(seed))]
    if zips:
        member = st.builds(edited_member, st.sampled_from(zips), st.integers(0, 30), edits)
        strategies += [member, member]
    return st.one_of(strategies)
