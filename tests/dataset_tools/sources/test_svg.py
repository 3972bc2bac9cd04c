import pytest

from dataset_tools.sources.svg import draw_svg, parse_svg, rasterise, size_of
from lineart.errors import InputError

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" {}>'


def svg(attributes: str, inside: str = "", before: str = "") -> bytes:
    return f"{before}{HEAD.format(attributes)}{inside}</svg>".encode()


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('viewBox="0 0 20 10"', (64, 32)),
        ('viewBox="0,0,10,20" width="9in"', (32, 64)),
        ('width="200" height="100"', (64, 32)),
        ('width="200mm" height="10cm"', (64, 32)),
        ('width="72pt" height="3in"', (21, 64)),
    ],
)
def test_the_size_of_the_canvas(attributes, size):
    assert size_of(parse_svg(svg(attributes), "x.svg"), 64) == size


def test_millimetres_are_drawn():
    # 25.4 mm are 96 units; the box covers the left half.
    root = parse_svg(svg('width="25.4mm" height="25.4mm"', '<path d="M0 0h48v96h-48z"/>'), "x.svg")
    picture = rasterise(root, 64)
    assert picture.shape == (64, 64, 3)
    assert picture[:, :32].max() == 0
    assert picture[:, 32:].min() == 1
    assert root.get("viewBox") is None  # the tree is left as it was


@pytest.mark.parametrize(
    "attributes",
    [
        "",
        'width="100%" height="100%"',
        'viewBox="0 0 0 0"',
        'viewBox="0 0 1"',
        'viewBox="0 0 nan 1"',
        'viewBox="0 0 1 1e6"',
        'viewBox="a b c d"',
    ],
)
def test_without_a_size_it_cannot_be_drawn(attributes):
    with pytest.raises(InputError, match="cannot be drawn"):
        draw_svg(parse_svg(svg(attributes), "x.svg"), 16)


def test_a_bare_document_type_passes_and_entities_do_not():
    public = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://example.org/svg11.dtd">'
    assert parse_svg(svg('viewBox="0 0 1 1"', before=public), "x.svg").tag.endswith("svg")
    for entity in (
        '<!ENTITY a "b">',
        '<!ENTITY % a "b">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
    ):
        with pytest.raises(InputError, match="declares XML entities"):
            parse_svg(svg("", before=f"<!DOCTYPE svg [{entity}]>"), "x.svg")
