import shutil

import numpy as np
import pytest

from dataset_tools.sources import IngestSettings, list_drawings, make_pairs
from dataset_tools.sources.layered import source
from dataset_tools.sources.layered.settings import LayeredSettings
from lineart.errors import InputError
from lineart.pictures.images import read_line, read_render
from lineart.settings import settings_from


@pytest.fixture
def deliver(made, tmp_path):
    """A folder with some of the files that other programs made."""

    def put(**files: str):
        for name, file in files.items():
            path = tmp_path / "in" / f"{name}.{file.rpartition('.')[2]}"
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(made / file, path)
        return tmp_path / "in"

    return put


def ingest(folder, **layered):
    return IngestSettings(
        source="layered", folder=str(folder), size=64, layered=LayeredSettings(**layered)
    )


def test_drawings_of_a_folder(deliver, tmp_path):
    folder = deliver(k="krita-figures.kra", p="agpsd-characters.psd")
    (folder / "sub").mkdir()
    shutil.copy(folder / "k.kra", folder / "sub" / "k.kra")
    (folder / "groups.csv").write_text("name,group,artist,license\nk,hero,Ada,CC0-1.0\n")
    (folder / "notes.txt").write_text("hello")
    (folder / "k.kra~").write_text("backup")
    drawings, refused = list_drawings(ingest(folder))
    assert [(item.id.split("-")[0], item.line, item.artist) for item in drawings] == [
        ("k cat", "cat", "Ada"),
        ("k dog", "dog", "Ada"),
        ("p 犬", "犬", "Ada Lovelace"),
        ("p 猫", "猫", "Ada Lovelace"),
        ("sub_k cat", "cat", "unknown"),
        ("sub_k dog", "dog", "unknown"),
    ]
    assert [item.group for item in drawings][:4] == ["hero", "hero", "p", "p"]
    assert drawings[4].group == drawings[5].group != "hero"
    assert [item.license for item in drawings][1:3] == ["CC0-1.0", "CC-BY-4.0"]
    assert [item.reason for item in refused] == [
        "notes.txt is no layered file that is read (.ora, .kra, .psd, .psb, .svg)."
    ]
    out = tmp_path / "out"
    pairs = [item.pair for item in make_pairs(drawings, ingest(folder), out)]
    cat = next(pair for pair in pairs if pair.id == "k cat")
    # The box is 28 wide, and has a margin of round(0.05 * 28) = 1 pixel on each side.
    assert (cat.width, cat.height) == (30, 30)
    line, render = read_line(out / cat.line), read_render(out / cat.render)
    assert line.sum() == 28 * 28 - 24 * 24
    assert render[0, 0] == pytest.approx(np.array([255, 248, 224]) / 255)
    assert render[8, 8] == pytest.approx([1, 0, 0])


@pytest.mark.parametrize("file", ["krita-figures.ora", "mypaint-figures.ora", "gimp-figures.psd"])
def test_ink_with_opacity_is_as_strong_as_its_alpha(deliver, file):
    settings = ingest(deliver(a=file))
    dog = list_drawings(settings)[0][1]
    _, line = source.read(dog, settings)
    assert line.max() == pytest.approx(0.8, abs=0.003)
    assert line.sum() == pytest.approx(0.8 * (36 * 28 - 32 * 24), abs=1)


def test_frames_and_hidden_frames(deliver):
    folder = deliver(a="krita-frames.ora")
    drawings, refused = list_drawings(ingest(folder))
    assert [item.id for item in drawings] == ["a 1", "a 2"]
    assert [item.id for item in refused] == ["a 3"]
    assert "its ink is hidden" in refused[0].reason
    # The colours of frame 3 are visible, so they are hidden by no frame switch.
    assert len(list_drawings(ingest(folder, hidden_frames=True))[0]) == 2
    folder = deliver(a="agpsd-frames.psd")
    (folder / "a.ora").unlink()
    settings = ingest(folder, hidden_frames=True)
    third = list_drawings(settings)[0][2]
    render, line = source.read(third, settings)
    assert (render[13, 13] * 255).tolist() == pytest.approx([40, 200, 80])
    assert line.sum() == 24 * 24 - 20 * 20


def test_a_vector_drawing_is_drawn_at_the_size_that_is_asked_for(deliver):
    settings = ingest(deliver(a="inkscape-figures.svg"))
    cat, dog = list_drawings(settings)[0]
    assert (cat.artist, cat.license) == ("Grace Hopper", "CC-BY-SA-4.0")
    render, line = source.read(dog, settings)
    # 36 x 28 units of 128, at a scale that makes the longer side with its margins 64 pixels
    assert max(line.shape) == pytest.approx(64, abs=1)
    assert render.shape[:2] == line.shape
    middle = tuple(side // 2 for side in line.shape)
    assert line[middle] == 0
    assert render[middle] * 255 == pytest.approx([0, 128, 255], abs=1)
    assert line[middle[0], 4] == pytest.approx(0.8, abs=0.01)  # the rim, 3 pixels wide


def test_two_files_of_one_name_and_damaged_ones_are_refused(deliver):
    folder = deliver(a="krita-figures.ora", b="krita-figures.ora")
    shutil.copy(folder / "a.ora", folder / "a.svg")
    (folder / "c.psd").write_bytes(b"8BPS nonsense")
    drawings, refused = list_drawings(ingest(folder))
    assert {item.group for item in drawings} == {"b"}
    assert [item.reason.split(";")[0] for item in refused] == [
        "a.ora and a.svg have one name",
        "c.psd is damaged or no Photoshop file that psd-tools reads",
    ]


def test_a_wrong_folder_is_answered_with_what_was_looked_for(tmp_path):
    with pytest.raises(InputError, match=r"no folder .*looked for files that end in \.ora, \.kra"):
        list_drawings(ingest(tmp_path / "nowhere"))
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(InputError, match=r"holds no layered file.*found 'a\.png'"):
        list_drawings(ingest(tmp_path))


def test_a_file_that_changed_since(deliver, made):
    folder = deliver(a="krita-figures.ora")
    settings = ingest(folder)
    cat = list_drawings(settings)[0][0]
    shutil.copy(made / "krita-frames.ora", folder / "a.ora")
    with pytest.raises(InputError, match=r"has no drawing 'cat' any more"):
        source.read(cat, settings)


def test_settings_come_from_params():
    values = {"source": "layered", "layered": {"ink": ["Tusche*"], "margin": 0}}
    settings = settings_from(IngestSettings, values, "ingest")
    assert settings.layered == LayeredSettings(ink=("Tusche*",), margin=0.0)
