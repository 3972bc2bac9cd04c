import pytest

from lineart.errors import InputError
from lineart.pictures.layered.markup import MAX_DEPTH, parse_xml


def test_depth_is_limited():
    deep = "<a>" * MAX_DEPTH + "</a>" * MAX_DEPTH
    assert parse_xml(deep.encode(), "x").tag == "a"
    with pytest.raises(InputError, match=f"nests more than {MAX_DEPTH}"):
        parse_xml(f"<a>{deep}</a>".encode(), "x")
