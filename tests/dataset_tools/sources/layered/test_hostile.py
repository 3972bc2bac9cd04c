import base64
import io
import struct
import zipfile
import zlib

import pytest

from dataset_tools.sources.layered.formats import READERS, read_layers
from lineart.errors import InputError
from lineart.pictures.layered import archive, tree

LAYER = '<layer name="line" src="{}"/>'


def draw(data: bytes, name: str = "x.ora") -> None:
    document = read_layers(data, name)
    document.draw(document.layers)


def refused(message: str, data: bytes, name: str = "x.ora") -> None:
    with pytest.raises(InputError, match=message) as told:
        draw(data, name)
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 500


def claims(width: int, height: int) -> bytes:
    """A PNG whose header claims a size, with hardly any pixels behind it."""
    body = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", body), (b"IDAT", zlib.compress(bytes(100))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def test_an_ending_that_is_not_read():
    refused(r"x\.xcf is no layered file that is read \(\.ora, \.kra, \.psd", b"gimp xcf", "x.xcf")


@pytest.mark.parametrize("ending", READERS)
@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"PK\x03\x04", b"<svg", b"8BPS\0\1"])
def test_no_such_file_at_all(ending, data):
    refused("x", data, f"x{ending}")


@pytest.mark.parametrize(
    "file",
    [
        "krita-figures.ora",
        "krita-clip.kra",
        "gimp-nested.psd",
        "agpsd-characters.psd",
        "inkscape-figures.svg",
    ],
)
def test_cut_off_anywhere_is_a_picture_or_one_sentence(made, file):
    whole = (made / file).read_bytes()
    told = []
    for part in range(0, len(whole), len(whole) // 23):
        try:
            draw(whole[:part], file)
        except InputError as error:
            told.append(str(error))
    assert len(told) > 12
    assert not any("\n" in reason for reason in told)


def test_a_path_out_of_the_archive_finds_nothing(ora, tmp_path, box):
    (tmp_path / "secret.png").write_bytes(box((4, 4)))
    for source in ("../secret.png", f"{tmp_path}/secret.png", "data/../../secret.png"):
        refused(
            r"layer 'line' names the picture '.*secret\.png', which is not in",
            ora(LAYER.format(source), {}),
        )


def test_zip_bombs(ora, monkeypatch):
    bomb = ora(LAYER.format("a.png"), {"a.png": bytes(80 * 2**20)})  # a thousand to one
    refused(
        r"claims to unpack \d+ bytes to 83886\d+ in 3 files, which is taken for a zip bomb", bomb
    )
    monkeypatch.setattr(archive, "MAX_MEMBERS", 2)
    refused("taken for a zip bomb", ora("", {"a": b""}))


def test_encrypted_and_oddly_compressed_members():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as file:
        file.writestr("stack.xml", "<image/>")
    refused("encrypted or compressed in a way", out.getvalue())


@pytest.mark.parametrize(
    ("stack", "message"),
    [
        ('<!DOCTYPE a [<!ENTITY b "bb">]><image w="4" h="4"/>', "declares XML entities"),
        ("<a>" * 300 + "</a>" * 300, "nests more than 200 elements"),
        ("<image", "no well-formed XML"),
        ("<image w='4' h='4'/>", "holds no layer stack"),
        ("<image w='99999' h='99999'><stack/></image>", "claims a canvas of 99999 x 99999"),
        ("<image w='-4' h='4'><stack/></image>", "claims a canvas of -4 x 4"),
        ("<image w='4' h='nan'><stack/></image>", "'nan' where a number is wanted"),
        ("<image w='4' h='4'><stack/></image>", "has no layers"),
    ],
)
def test_stacks_that_are_none(stack, message):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("stack.xml", stack)
    refused(message, out.getvalue())


def test_layers_of_absurd_size_or_far_away(ora, box):
    refused(
        "claims 60000 x 60000 pixels", ora(LAYER.format("a.png"), {"a.png": claims(60_000, 60_000)})
    )
    far = '<layer name="line" src="a.png" x="900000"/>'
    refused(r"4 x 4 pixels at \(900000, 0\)", ora(far, {"a.png": box((4, 4))}))
    refused("damaged PNG", ora(LAYER.format("a.png"), {"a.png": claims(100, 100)}))
    refused("is no PNG", ora(LAYER.format("a.png"), {"a.png": b"GIF89a"}))
    refused("only PNG layers are read", ora(LAYER.format("a.svg"), {"a.svg": b"<svg/>"}))


def test_deep_and_many_layers(ora, monkeypatch):
    refused("groups nested more than 60 deep", ora("<stack>" * 70 + "</stack>" * 70, {}))
    monkeypatch.setattr(tree, "MAX_LAYERS", 5)
    refused("has more than 5 layers", ora("<stack/>" * 6, {}))


def test_names_with_newlines_and_controls_stay_on_one_line(ora, box):
    stack = '<layer name="line&#10;x" src="a.png" composite-op="svg:odd&#10;one"/>'
    refused("blend mode", ora(stack, {"a.png": box((4, 4))}))


def krita(layer: str, tiles: bytes, **image: str) -> bytes:
    out = io.BytesIO()
    sides = {"width": "8", "height": "8", **image}
    attributes = " ".join(f'{key}="{value}"' for key, value in sides.items())
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(
            "maindoc.xml",
            f'<DOC xmlns="http://www.calligra.org/DTD/krita"><IMAGE name="k" {attributes}><layers>'
            f'<layer name="line" filename="l" {layer}/></layers></IMAGE></DOC>',
        )
        file.writestr("k/layers/l", tiles)
    return out.getvalue()


HEAD = b"VERSION 2\nTILEWIDTH 4\nTILEHEIGHT 4\nPIXELSIZE 4\nDATA 1\n"


@pytest.mark.parametrize(
    ("layer", "tiles", "message"),
    [
        (
            'nodetype="shapelayer"',
            b"",
            "'line' is a shapelayer, which only Krita can draw; in Krita, flatten",
        ),
        ('nodetype="paintlayer" colorspacename="CMYK"', b"", "colours of the kind 'CMYK'"),
        ('nodetype="paintlayer" channelflags="0111"', b"", "colour channels turned off"),
        (
            'nodetype="paintlayer" filename2="x"',
            b"VERSION 9\n",
            "does not begin as Krita's tiles do",
        ),
        ('nodetype="paintlayer"', HEAD + b"0,0,LZF,9", "cut off or damaged among its tiles"),
        ('nodetype="paintlayer"', HEAD + b"0,0,LZF,3\n\1\x20\xff", "damaged LZF data"),
        ('nodetype="paintlayer"', HEAD + b"0,0,LZF,3\n\0ab", "tile of 2 bytes where 64 are wanted"),
        (
            'nodetype="paintlayer"',
            HEAD.replace(b"SIZE 4", b"SIZE 2") + b"0,0,LZF,1\n\0",
            "2 bytes a pixel",
        ),
        ('nodetype="paintlayer" x="9999999"', HEAD, "pixels at"),
    ],
)
def test_krita_layers_that_cannot_be_drawn(layer, tiles, message):
    refused(message, krita(layer, tiles), "x.kra")


def test_a_krita_layer_that_is_hidden_may_be_of_any_kind():
    document = read_layers(krita('nodetype="shapelayer" visible="0"', b""), "x.kra")
    assert not document.draw(document.layers).any()


def photoshop(width: int, height: int, mode: int = 3) -> bytes:
    return b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, height, width, 8, mode) + bytes(14)


def test_photoshop_headers_that_lie():
    refused("no layers", photoshop(16, 16), "x.psd")
    refused("claims a canvas of 30000 x 30000", photoshop(30_000, 30_000), "x.psd")
    refused("CMYK colours; in Photoshop, convert it to RGB", photoshop(16, 16, 4), "x.psd")


def test_a_photoshop_layer_that_claims_more_than_it_has(made):
    data = bytearray((made / "agpsd-adjusted.psd").read_bytes())
    rectangle = struct.pack(">IIII", 2, 2, 14, 14)  # top, left, bottom, right of the layer 'colour'
    place = data.index(rectangle)
    data[place : place + 16] = struct.pack(">IIII", 2, 2, 20_000, 20_000)
    refused("layer 'colour' claims 19998 x 19998 pixels", bytes(data), "x.psd")
    data[place : place + 16] = struct.pack(">IIII", 2, 2, 2000, 2000)
    refused("is damaged", bytes(data), "x.psd")


def svg(inside: str, more: str = "") -> bytes:
    return (
        f'{more}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 64 64">{inside}</svg>'
    ).encode()


def test_svg_bombs():
    refused("declares XML entities", svg("&a;", '<!DOCTYPE svg [<!ENTITY a "aa">]>'), "x.svg")
    uses = '<g id="a0"><path d="M0 0h1"/></g>' + "".join(
        f'<g id="a{n + 1}">' + f'<use xlink:href="#a{n}"/>' * 10 + "</g>" for n in range(8)
    )
    refused("cannot be drawn", svg(f'<defs>{uses}</defs><use xlink:href="#a8"/>'), "x.svg")
    bomb = base64.b64encode(claims(60_000, 60_000)).decode()
    image = '<image width="4" height="4" xlink:href="{}"/>'
    refused(
        "embeds a picture of 60000 x 60000",
        svg(image.format(f"data:image/png;base64,{bomb}")),
        "x.svg",
    )
    refused("links to the picture '/etc/passwd'", svg(image.format("/etc/passwd")), "x.svg")
    refused("no PNG, JPEG or WebP", svg(image.format("data:image/svg+xml,%3Csvg/%3E")), "x.svg")
    noise = '<filter id="f"><feTurbulence numOctaves="1000000"/></filter>'
    refused("feTurbulence with numOctaves '1000000'; at most 16", svg(noise), "x.svg")
    swell = '<filter id="f"><feMorphology radius="30 0"/></filter>'
    refused(r"feMorphology with radius '30'; at most 0\.64", svg(swell), "x.svg")
    refused("groups nested more than 60 deep", svg("<g>" * 90 + "</g>" * 90), "x.svg")
