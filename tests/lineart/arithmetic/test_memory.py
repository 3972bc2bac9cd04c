"""Layers are tried once a processor, whatever becomes of the file in which that is remembered."""

import json

import pytest

from lineart.arithmetic import memory, remembered
from lineart.arithmetic.layers import Kind
from lineart.arithmetic.memory import this_machine, what_is_off
from lineart.arithmetic.processor import LIMITS
from lineart.errors import InputError

FINE, WRONG, NEW = (Kind("linear", (size, size), False, ()) for size in (1, 2, 3))


@pytest.fixture
def tried(tmp_path, monkeypatch):
    """What was asked of the trial, which finds WRONG wrong."""
    calls = []

    def try_kinds(kinds, dtype):
        calls.append((list(kinds), dtype))
        return {kind: "it is wrong" if kind == WRONG else "" for kind in kinds}

    monkeypatch.setattr(memory, "try_kinds", try_kinds)
    monkeypatch.setattr(
        remembered, "places", lambda: [tmp_path / "a" / "m.json", tmp_path / "b.json"]
    )
    for name in LIMITS:  # that these tests are run under is another processor too
        monkeypatch.delenv(name, raising=False)
    return calls


def test_only_what_is_new_is_tried(tried):
    for _ in range(2):
        assert what_is_off([FINE, WRONG], "bfloat16") == {WRONG: "it is wrong"}
    assert what_is_off([NEW, FINE], "bfloat16") == {}
    assert what_is_off([FINE], "float16") == {}
    assert tried == [([FINE, WRONG], "bfloat16"), ([NEW], "bfloat16"), ([FINE], "float16")]


def test_another_processor_is_another_matter(tried, monkeypatch):
    what_is_off([FINE], "bfloat16")
    monkeypatch.setenv("DNNL_MAX_CPU_ISA", "avx512_core")
    assert this_machine().endswith("DNNL_MAX_CPU_ISA=AVX512_CORE")
    what_is_off([FINE], "bfloat16")
    monkeypatch.delenv("DNNL_MAX_CPU_ISA")
    what_is_off([FINE], "bfloat16")
    assert len(tried) == 2


@pytest.mark.parametrize(
    "content",
    [
        *("", "[1]", '{"half', '{"MACHINE": [1]}', '{"MACHINE": {"bfloat16": null}}'),
        '{"MACHINE": {"bfloat16": {"linear 2x2": 0}}}',
    ],
)
def test_a_damaged_memory_is_made_anew(tried, content):
    place = remembered.places()[0]
    place.parent.mkdir()
    place.write_text(content.replace("MACHINE", this_machine()))
    for _ in range(2):
        assert what_is_off([WRONG], "bfloat16") == {WRONG: "it is wrong"}
    assert len(tried) == 1
    assert json.loads(place.read_text()) == {
        this_machine(): {"bfloat16": {"linear 2x2": "it is wrong"}}
    }


def test_where_the_environment_is_not_ours_the_cache_remembers(tried):
    first, second = remembered.places()
    first.parent.write_text("a file, where a folder would have to be")
    for _ in range(2):
        what_is_off([FINE], "bfloat16")
    assert len(tried) == 1
    assert second.exists()


def test_what_was_remembered_elsewhere_is_known_behind_a_file_that_is_not_ours(tried, monkeypatch):
    """An image of a system brings a memory of the machine it was made on, and cannot be written."""
    theirs, ours = remembered.places()
    theirs.parent.mkdir()
    theirs.write_text('{"another": {"bfloat16": {"linear 1x1": "it was wrong there"}}}')
    write = remembered.write_text

    def refused(path, text):
        if path == theirs:
            raise InputError("It is read-only.")
        write(path, text)

    monkeypatch.setattr(remembered, "write_text", refused)
    for _ in range(2):
        assert what_is_off([FINE], "bfloat16") == {}
    assert len(tried) == 1
    assert ours.exists()


def test_where_nobody_has_a_home_no_folder_is_made(monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    assert [path.is_absolute() for path in remembered.places()] == [True]


def test_another_trial_is_another_matter(tried, monkeypatch):
    what_is_off([FINE], "bfloat16")
    monkeypatch.setattr(memory, "trial_digest", lambda: "another")
    what_is_off([FINE], "bfloat16")
    assert len(tried) == 2


def test_what_could_not_be_tried_is_not_trusted(tried, monkeypatch):
    monkeypatch.setattr(memory, "try_kinds", lambda kinds, dtype: {})
    assert what_is_off([FINE], "bfloat16") == {FINE: "it could not be tried"}
    monkeypatch.setattr(memory, "try_kinds", lambda kinds, dtype: {FINE: ""})
    assert what_is_off([FINE], "bfloat16") == {}


def test_without_a_place_it_is_tried_each_time(tried):
    for place in (*remembered.places(), remembered.places()[0].parent):
        place.mkdir(parents=True, exist_ok=True)
    for _ in range(2):
        assert what_is_off([WRONG], "bfloat16") == {WRONG: "it is wrong"}
    assert len(tried) == 2
