"""The fuzzer in short: the same few damaged files for every reader, and that it would see a crash."""

import importlib
import io
import struct
import sys
import time
import zipfile
import zlib
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))  # the processes of the fuzzer import it by its plain name
fuzz = importlib.import_module("fuzz")
edits: ModuleType = importlib.import_module("fuzz_edits")
readers: ModuleType = importlib.import_module("fuzz_readers")
sys.path.remove(str(BENCHMARKS))


def soon() -> float:
    return time.monotonic() + 600


@pytest.mark.parametrize("name", readers.READERS)
def test_every_reader_answers_or_says_why_not(name: str, tmp_path: Path) -> None:
    tally = fuzz.run_batch(readers.READERS[name], seed=0, count=40, folder=tmp_path, until=soon())
    assert tally.answered + tally.refused >= 40
    assert tally.refused > 0


@pytest.mark.parametrize("name", readers.READERS)
def test_every_reader_reads_whole_files(name: str, tmp_path: Path) -> None:
    reader = readers.READERS[name]
    seeds = reader.seeds()
    assert seeds
    answers = [readers.try_reader(reader, seed, tmp_path) for seed in seeds]
    assert sum(answers) >= 0.8 * len(answers)


def test_a_crash_is_made_small_and_kept(tmp_path: Path) -> None:
    def read(data: bytes, folder: Path) -> None:
        if b"7" in data:
            raise ZeroDivisionError

    reader = readers.Reader(lambda: [b"0123456789" * 9], read)
    with pytest.raises(ZeroDivisionError):
        fuzz.run_batch(reader, seed=0, count=200, folder=tmp_path, until=soon())
    assert (tmp_path / "input").read_bytes() == b"7"
    told = fuzz.keep("csv", tmp_path, "ZeroDivisionError", 0, tmp_path / "kept")
    assert "ZeroDivisionError\n  1 bytes, the first: 37\n" in told
    assert (tmp_path / "kept").joinpath(told.split()[-1]).read_bytes() == b"7"


@pytest.mark.parametrize("sentence", ["two\nlines", "x" * 6000])
def test_more_than_a_sentence_is_a_failure(sentence: str, tmp_path: Path) -> None:
    def read(data: bytes, folder: Path) -> None:
        raise readers.InputError(sentence)

    with pytest.raises(AssertionError, match="more than"):
        readers.try_reader(readers.Reader(list, read), b"", tmp_path)


def test_an_ended_process_leaves_its_input_behind(tmp_path: Path) -> None:
    (tmp_path / "input").write_bytes(b"abc")
    assert "ended by SIGABRT\n  3 bytes, the first: 616263" in fuzz.keep(
        "svg", tmp_path, "", -6, tmp_path
    )
    assert "ended by SIGPROF (more than 20 s)" in fuzz.keep("svg", tmp_path, "", -27, tmp_path)


@pytest.mark.parametrize(
    ("edit", "after"),
    [
        (("put", 0.5, b"xy"), b"01234xy789"),
        (("insert", 0.5, b"xy"), b"01234xy56789"),
        (("cut", 0.3, b""), b"012"),
        (("remove", 0.5, 0.0), b"012346789"),
        (("repeat", 0.5, 0.0), b"0123455556789"),
        (("move", 0.5, 0.0), b"5012346789"),
    ],
)
def test_edits(edit: tuple[str, float, bytes | float], after: bytes) -> None:
    assert edits.edited(b"0123456789", [edit]) == after


def test_checksums_are_put_right() -> None:
    """A damaged size reaches the decoder, in a PNG and in a PNG within a ZIP."""
    png = readers.pictures()[0]
    wrong = png[:16] + struct.pack(">I", 17) + png[20:]
    right = edits.mended(wrong)
    assert right[16:20] == wrong[16:20]
    assert int.from_bytes(right[29:33], "big") == zlib.crc32(right[12:29])
    assert edits.mended(png) == png
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("a.xml", "text")
        file.writestr("b.png", png)
    changed = edits.edited_member(buffer.getvalue(), 3, [("put", 16.5 / len(png), b"\0\0\0\x11")])
    with zipfile.ZipFile(io.BytesIO(changed)) as file:
        assert file.testzip() is None
        assert file.read("a.xml") == b"text"
        assert file.read("b.png") == right


def test_a_number_is_replaced() -> None:
    assert edits.renumbered(b"M1 20L300", 0.5, b"1e999") == b"M1 1e999L300"
    assert edits.renumbered(b"none", 0.5, b"1") == b"none"
