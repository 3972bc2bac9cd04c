import pytest

from dataset_tools.sources.layered.figures import checked, find_figures
from dataset_tools.sources.layered.names import meaning_of
from dataset_tools.sources.layered.settings import LayeredSettings
from lineart.errors import InputError
from lineart.pictures.layered.tree import Document, Layer, leaves, unreadable

SETTINGS = LayeredSettings()


def tree(*items) -> tuple[Layer, ...]:
    """Layers by name, the lowest first; a tuple is a group, a name with ! is hidden."""
    layers = []
    for item in items:
        name, *children = item if isinstance(item, tuple) else (item,)
        layers.append(
            Layer(
                name.strip("!"),
                visible="!" not in name,
                children=tree(*children),
                pixels=None if children else unreadable("no pixels"),
            )
        )
    return tuple(layers)


def document(*items) -> Document:
    return Document("x.ora", 8, 8, tree(*items), draw=lambda layers: None)


def found(*items, settings=SETTINGS) -> dict[str, tuple[str, str, str]]:
    """Name to the names of ink, own rest and shared layers, in the order of the file."""
    doc = document(*items)
    order = list(leaves(doc.layers))

    def spell(chosen) -> str:
        return " ".join(leaf.name for leaf in order if leaf in chosen)

    return {
        figure.name: (spell(figure.ink), spell(figure.own - figure.ink), spell(figure.shared))
        for figure in find_figures(doc, settings)
    }


@pytest.mark.parametrize(
    ("name", "kind", "key"),
    [
        ("Line", "ink", ""),
        ("LINEART", "ink", ""),
        ("line copy #2", "ink", "2"),
        ("3 outlines", "ink", "3"),
        ("03_outlines", "ink", "3"),
        ("3outlines", "ink", "3"),
        ("big cat - ink", "ink", "big cat"),
        ("线稿", "ink", ""),
        ("猫线稿", "ink", "猫"),
        ("2线稿", "ink", "2"),
        ("線画 4", "ink", "4"),
        ("3 c", "colour", "3"),
        ("c", "colour", ""),
        ("Colours", "colour", ""),
        ("cat_flats", "colour", "cat"),
        ("塗り", "colour", ""),
        ("sketch", "other", ""),
        ("underline", "other", ""),  # no word of it begins so
        ("collar", "other", ""),
        ("", "other", ""),
    ],
)
def test_what_a_name_says(name, kind, key):
    assert meaning_of(name, SETTINGS) == (kind, key)


def test_patterns_are_settings():
    settings = LayeredSettings(ink=("Tusche*",), colour=("Farbe?",))
    assert meaning_of("tusche fein", settings).kind == "ink"
    assert meaning_of("farbe1", settings).kind == "colour"
    assert meaning_of("line", settings).kind == "other"
    with pytest.raises(InputError, match=r"ingest\.layered\.ink"):
        LayeredSettings(ink=("line*", " "))
    with pytest.raises(InputError, match=r"ingest\.layered\.margin is 5"):
        LayeredSettings(margin=5)


def test_one_drawing_takes_everything():
    assert found("paper", "skin", ("hair", "hair line", "locks"), "line") == {
        "": ("hair line line", "paper skin locks", "")
    }


def test_groups_with_ink_and_colour_are_drawings():
    assert found("paper", ("cat", "colour", "line"), ("dog", "fur", ("ink", "a", "b"))) == {
        "cat": ("line", "colour", "paper"),
        "dog": ("a b", "fur", "paper"),
    }


def test_numbers_pair_ink_with_colour():
    items = ("paper", "3 c", "3 shadow on wall", "3 outlines", "12 c", "12 outlines")
    assert found(*items) == {
        "3": ("3 outlines", "3 c 3 shadow on wall", "paper"),
        "12": ("12 outlines", "12 c", "paper"),
    }


def test_names_pair_groups_too():
    assert found(("cat colours", "a", "b"), "cat line", "dog colour", "dog line") == {
        "cat": ("cat line", "a b", ""),
        "dog": ("dog line", "dog colour", ""),
    }


def test_parts_of_one_figure_are_no_drawings():
    items = ("skin", "hair colour", "hair line", "face line", "line 2")
    assert found(*items) == {"": ("hair line face line line 2", "skin hair colour", "")}


def test_several_can_be_turned_off():
    one = LayeredSettings(several=False)
    assert found("1 c", "1 line", "2 c", "2 line", settings=one) == {
        "": ("1 line 2 line", "1 c 2 c", "")
    }


def test_groups_within_a_page_and_equal_names():
    page = ("page", "bg", ("cat", "c", "line"), ("cat", "c", "line"), ("", "c", "line"))
    assert list(found(page)) == ["page cat", "page cat (2)", "page"]


def test_a_group_named_like_ink_that_holds_both_is_a_drawing():
    assert found(("line drawing 1", "colour", "line"), ("line drawing 2", "colour", "line")) == {
        "line drawing 1": ("line", "colour", ""),
        "line drawing 2": ("line", "colour", ""),
    }


def test_without_ink_the_answer_says_what_was_looked_for_and_found():
    with pytest.raises(
        InputError, match=r"x\.ora has no ink layer: looked for line\*.*found 'b', 'g', 'a'"
    ):
        find_figures(document(("g", "a"), "b"), SETTINGS)


def ready(*items, settings=SETTINGS):
    doc = document(*items)
    return [checked(figure, doc, settings) for figure in find_figures(doc, settings)]


@pytest.mark.parametrize(
    ("items", "message"),
    [
        (("colour", "line!"), r"x\.ora: its ink is hidden \('line'\)"),
        (
            ("paper", ("cat!", "c", "line"), ("dog", "c", "line")),
            r"drawing 'cat': its ink is hidden",
        ),
        (
            ("1 c", "1 line", "2 line"),
            r"drawing '2': no colour layer goes with its ink \('2 line'\)",
        ),
        (("line",), "no colour layer goes with its ink"),
        (("colour!", "line"), "everything but its ink is hidden"),
    ],
)
def test_drawings_that_cannot_be(items, message):
    with pytest.raises(InputError, match=message):
        ready(*items)


def test_a_hidden_line_beside_a_visible_one_is_left_out():
    (figure,) = ready("colour", "line old!", "line")
    assert {leaf.name for leaf in figure.ink} == {"line", "line old"}
    assert figure.switched == frozenset()


def test_hidden_frames_can_be_asked_for():
    settings = LayeredSettings(hidden_frames=True)
    cat, _ = ready(("cat!", "c", "sketch!", "line"), ("dog", "c", "line"), settings=settings)
    assert {layer.name for layer in cat.switched} == {"cat"}  # the sketch stays hidden
    _, two = ready("1 c", "1 line", "2 c!", "2 line!", settings=settings)
    assert {layer.name for layer in two.switched} == {"2 c", "2 line"}
