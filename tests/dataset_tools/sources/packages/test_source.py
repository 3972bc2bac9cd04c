"""Packages as sources: names, groups, pictures, licences, and several of them in one set."""

import dataclasses

import numpy as np
import pytest

from dataset_tools import sources
from dataset_tools.sources import (
    IngestSettings,
    Made,
    Refused,
    list_drawings,
    make_pairs,
    write_ingest,
)
from dataset_tools.sources.packages.catalogue import PACKAGES
from dataset_tools.sources.packages.icons import groups_of
from dataset_tools.sources.packages.source import PackageSource
from dataset_tools.sources.strokes import OpenmojiSettings
from lineart.errors import InputError
from lineart.sets.pairs import read_pairs

BODY = '<path fill="#ffe500" d="M0 0h8v8h-8z"/><path fill="#45413c" d="M0 0h4v8h-4z"/>'


@pytest.fixture
def use(put, monkeypatch, tmp_path):
    """Make a package one of the sources; returns settings that read from where it was put."""

    def use(bodies, **others):
        package = put(bodies, **others)
        monkeypatch.setitem(sources.SOURCES, package.name, PackageSource(package))
        return IngestSettings(source=package.name, count=None, size=16, packages=str(tmp_path))

    return use


def pictures(settings, out):
    found, refused = list_drawings(settings)
    made = make_pairs(found, settings, out)
    write_ingest(out, [*refused, *made], settings)
    return made, {item.pair.id: item.pair.pictures(out) for item in made if isinstance(item, Made)}


def test_a_set_of_icons_becomes_pairs(use, tmp_path):
    settings = use({"cat-1": BODY, "cat-2": BODY, "plain": '<path d="M0 0h8v8h-8z"/>'})
    made, pairs = pictures(settings, tmp_path / "out")
    assert sorted(pairs) == ["tiny cat-1", "tiny cat-2"]
    render, line = pairs["tiny cat-1"]
    np.testing.assert_array_equal(line, np.repeat([[1.0] * 8 + [0.0] * 8], 16, axis=0))
    np.testing.assert_allclose(render[:, :8], np.broadcast_to([69, 65, 60], (16, 8, 3)) / 255)
    np.testing.assert_allclose(render[:, 8:], np.broadcast_to([255, 229, 0], (16, 8, 3)) / 255)
    assert [item.reason for item in made if isinstance(item, Refused)] == [
        "tiny plain shows no ink of the colours #45413c."
    ]
    rows = read_pairs(tmp_path / "out" / "pairs.csv")
    assert {(row.group, row.source, row.artist, row.license) for row in rows} == {
        ("tiny cat", "tiny", "A", "CC0-1.0")
    }
    told = (tmp_path / "out" / "ATTRIBUTION.txt").read_text()
    assert "tiny: 2 drawings by A, licence CC0-1.0" in told
    assert "the ink drawn black and all else white as line art" in told


def test_bold_ink_is_bold_in_both(use, tmp_path):
    stroke = '<path fill="#ffe500" d="M0 0h8v8h-8z"/><path stroke="#45413c" stroke-width="2" d="M4 0v8"/>'
    settings = use({"bar": stroke}, weight=2.0)
    _, pairs = pictures(settings, tmp_path / "out")  # 4 of 8 units wide
    render, line = pairs["tiny bar"]
    np.testing.assert_array_equal(line[3], [0] * 4 + [1] * 8 + [0] * 4)
    np.testing.assert_array_equal(render[3, :, 0] < 0.5, line[3] == 1)
    assert "multiplied by 2 to 2" in (tmp_path / "out" / "ATTRIBUTION.txt").read_text()
    inked = dataclasses.replace(settings, openmoji=OpenmojiSettings(recolour=1.0))
    _, pairs = pictures(inked, tmp_path / "inked")
    np.testing.assert_array_equal(pairs["tiny bar"][1], line)
    assert not np.allclose(pairs["tiny bar"][0], render)


def test_ink_of_large_areas_is_black(use, tmp_path):
    settings = dataclasses.replace(
        use({"cat": BODY}, recoloured=False), openmoji=OpenmojiSettings(recolour=1.0)
    )
    _, pairs = pictures(settings, tmp_path / "out")
    np.testing.assert_array_equal(pairs["tiny cat"][0][:, :8], 0)
    told = (tmp_path / "out" / "ATTRIBUTION.txt").read_text()
    assert "drawn black" in told
    assert "recoloured" not in told


def test_people_are_a_face_on_a_body(use, tmp_path):
    def part(body):
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 600">{body}</svg>'.encode()
        )

    # Both use the id a; the face lies below, the body's white hides its lower half.
    clip = '<clipPath id="a"><path d="M{}h200v100h-200z"/></clipPath>'
    clipped = '<path clip-path="url(#a)" fill="{}" d="M0 0h500v600h-500z"/>'
    face = part(clip.format("100 100") + clipped.format("#45413c"))
    pose = part(
        clip.format("100 150")
        + clipped.format("#fff")
        + '<path fill="red" d="M100 150h200v100h-200z"/>'
    )
    files = {
        f"svg/{who}/side/{kind}.svg": data
        for who in ("ethan", "nobody")
        for kind, data in (("emotion/sad", face), ("pose/sit", pose), ("pose/stand", pose))
    }
    settings = use({}, files=files, layout="people")
    found, _ = list_drawings(settings)
    assert [(drawing.id, drawing.group) for drawing in found] == [
        ("tiny ethan side sad sit", "tiny ethan"),
        ("tiny ethan side sad stand", "tiny ethan"),
    ]
    _, pairs = pictures(dataclasses.replace(settings, size=206), tmp_path / "out")
    _, line = pairs["tiny ethan side sad sit"]
    # The content, 200 x 150 units, with a margin of 6 units: 212 x 162 units on 206 pixels.
    assert line.shape[1] == 206
    assert abs(line.shape[0] - 206 * 162 / 212) < 2  # it is found to a unit or two
    scale = 206 / 212
    assert line[round(31 * scale), 103] == 1
    assert line[round(81 * scale), 103] == 0


@pytest.mark.parametrize(
    ("package", "names", "groups"),
    [
        ("streamline-emojis", "man-cook-1 woman-cook-2 old-man-1 man-2", "cook cook old-man man"),
        ("streamline-emojis", "family-man-boy-1 kiss-man-man-2", "family kiss"),
        ("streamline-emojis", "couple-with-heart-man-man-1 thumbs-down-1 2", "couple thumbs 2"),
        ("streamline-stickies-color", "taxi taxi-duo cancel-2-duo", "taxi taxi cancel"),
        ("streamline-ultimate-color", "coin-1 coin-12 3d", "coin coin 3d"),
    ],
)  # fmt: skip
def test_variants_share_a_group(put, tmp_path, package, names, groups):
    package = put(dict.fromkeys(names.split(), BODY), variants=PACKAGES[package].variants)
    assert list(groups_of(package, tmp_path).values()) == groups.split()


def test_categories_are_left_out(put, tmp_path):
    package = put({"cat": BODY, "italy": BODY}, {"Flags": ["italy"]}, left_out=("Flags",))
    assert groups_of(package, tmp_path) == {"cat": "cat"}


def test_every_package_is_a_source_with_a_license():
    for package in PACKAGES.values():
        assert package.name in sources.SOURCES
        assert package.license in ("CC-BY-4.0", "CC0-1.0")
        assert len(package.integrity) == 88  # 64 bytes in base64


# --- several sources


def mixed(use, number, **shares):
    use(
        {f"a{n}": BODY for n in range(number)},
        name="one",
        npm="one",
        version=f"{number}.0.0",
    )
    settings = use({f"b{n}": BODY for n in range(40)}, name="two", npm="two")
    return {d.id for d in list_drawings(dataclasses.replace(settings, count=12, sources=shares))[0]}


def test_a_source_that_grows_moves_no_drawing_of_another(use):
    before, after = (mixed(use, number, one=1, two=2) for number in (30, 60))
    assert len(before) == len(after) == 12
    assert len([id for id in before if id.startswith("one")]) == 4
    assert {id for id in before if id.startswith("two")} == {
        id for id in after if id.startswith("two")
    }
    # Of a source that grows, those that stay are the first of both.
    stay = {id for id in before & after if id.startswith("one")}
    assert len(stay) + len({id for id in after - before if int(id[5:]) >= 30}) == 4
    assert len(mixed(use, 2, one=1, two=2)) == 2 + 8  # nobody makes up for what is missing


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        ({"sources": ("a", "b"), "count": 5}, {"a": 3, "b": 2}),
        ({"sources": ("a", "b"), "count": None}, {"a": None, "b": None}),
        ({"sources": {"a": 300.0, "b": 100.0}, "count": 400}, {"a": 300, "b": 100}),
        ({"sources": {"a": 0.2, "b": 0.3, "c": 0.5}, "count": 3}, {"a": 1, "b": 1, "c": 1}),
        ({"source": "a", "count": 7}, {"a": 7}),
    ],
)
def test_shares_are_counts(values, counts):
    assert IngestSettings(**values).counts() == counts


@pytest.mark.parametrize(
    "values",
    [
        {"sources": ()},
        {"sources": ("a", "a")},
        {"sources": {"a": 0.0}},
        {"sources": {"a": 1.0}, "count": None},
    ],
)
def test_a_mixture_that_says_nothing_is_refused(values):
    with pytest.raises(InputError, match=r"ingest\.(sources|count)"):
        IngestSettings(**values)


def test_a_source_nobody_knows_is_refused(use):
    settings = dataclasses.replace(use({"a": BODY}), sources=("tiny", "openmojy"))
    with pytest.raises(InputError, match="Did you mean 'openmoji'"):
        list_drawings(settings)


def test_two_drawings_of_one_id_are_refused(use, tmp_path):
    for kind in ("render", "line"):
        (tmp_path / "mine" / kind).mkdir(parents=True)
        (tmp_path / "mine" / kind / "tiny a.png").write_bytes(b"")
    settings = dataclasses.replace(
        use({"a": BODY}), sources=("tiny", "folders"), folder=str(tmp_path / "mine")
    )
    with pytest.raises(InputError, match="share 1 names of drawings, the first 'tiny a'"):
        list_drawings(settings)
