import json
import re
import tarfile
from pathlib import Path
from typing import Any

from dataset_tools.report.croissant import croissant, write_croissant
from dataset_tools.report.tables import DataSet
from lineart.sets.pairs import read_table, sha256


def nodes(value: Any) -> list[dict[str, Any]]:
    """Every object in a JSON value."""
    if isinstance(value, dict):
        return [value, *(node for item in value.values() for node in nodes(item))]
    return [node for item in value for node in nodes(item)] if isinstance(value, list) else []


def described(data: DataSet, folder: Path) -> dict[str, Any]:
    write_croissant(folder / "reports" / "croissant.json", data)
    found: dict[str, Any] = json.loads((folder / "reports" / "croissant.json").read_text())
    return found


def test_every_file_is_there_with_its_digest(data: DataSet, tmp_path: Path) -> None:
    files = [x for x in described(data, tmp_path)["distribution"] if x["@type"] == "cr:FileObject"]
    assert len(files) == 5 + 3
    for file in files:
        content = (tmp_path / "reports" / file["contentUrl"]).read_bytes()
        assert file["sha256"] == sha256(content)
        assert file["contentSize"] == f"{len(content)} B"


def test_every_reference_leads_somewhere(data: DataSet, tmp_path: Path) -> None:
    found = described(data, tmp_path)
    named = [node for node in nodes(found) if "@type" in node and "@id" in node]
    ids = [node["@id"] for node in named]
    assert len(ids) == len(set(ids))
    references = {
        node["@id"]
        for node in nodes(found["distribution"] + found["recordSet"])
        if set(node) == {"@id"}
    }
    assert references
    assert references <= set(ids)


def test_every_column_is_one_of_its_table(data: DataSet, tmp_path: Path) -> None:
    found = described(data, tmp_path)
    paths = {
        x["@id"]: tmp_path / "reports" / x["contentUrl"]
        for x in found["distribution"]
        if "contentUrl" in x
    }
    columns = [
        (node["fileObject"]["@id"], node["extract"]["column"])
        for node in nodes(found["recordSet"])
        if "fileObject" in node
    ]
    assert len(columns) > 20
    for table, column in columns:
        assert column in read_table(paths[table]).columns


def test_the_pictures_are_found_in_the_shards(data: DataSet, tmp_path: Path) -> None:
    found = {item["@id"]: item for item in described(data, tmp_path)["recordSet"]}
    (key,) = (field for field in found["lines"]["field"] if field["name"] == "key")
    pattern = key["source"]["transform"]["regex"]
    with tarfile.open(data.folders.augmented / "test-000000.tar") as tar:
        matches = [re.match(pattern, name) for name in tar.getnames()]
    assert [match[1] for match in matches if match] == ["plain-0", "plain-1"]


def test_what_loaders_ask_for(data: DataSet, tmp_path: Path) -> None:
    found = croissant(data, tmp_path)
    assert found["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    assert found["license"] == ["CC-BY-4.0", "unknown"]
    assert re.fullmatch(r"1\.0\.0\+[0-9a-f]{12}", found["version"])
    assert {item["@id"] for item in found["recordSet"]} == {"pairs", "children", "renders", "lines"}
