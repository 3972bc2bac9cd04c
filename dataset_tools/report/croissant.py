"""The data set as Croissant 1.1 JSON-LD, the vocabulary that search engines and loaders of data sets read.

Format: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html. Tables and shards are files with
their SHA-256; paths are relative to the folder of the description. The pictures are read from the shards,
where child 0 of a pair is the pair itself.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dataset_tools.report.counts import origins
from dataset_tools.report.tables import DataSet
from dataset_tools.report.words import NAME, about
from lineart.pictures.images import write_text
from lineart.sets.shards import TABLE

CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}

# Column -> its type and what it is.
PAIR = {
    "id": ("Text", "unique name of the drawing"),
    "render": ("Text", "path of the finished drawing below data/pairs"),
    "line": ("Text", "path of its line art below data/pairs"),
    "group": ("Text", "variants of one drawing share it"),
    "cluster": ("Text", "groups and near duplicates joined; never in two splits"),
    "source": ("Text", "where the drawing came from"),
    "artist": ("Text", "who is to be named with every copy"),
    "license": ("Text", "licence of the drawing"),
    "width": ("Integer", "of the render, in pixels"),
    "height": ("Integer", "of the render, in pixels"),
    "stroke_width": ("Float", "median width of the strokes, in pixels"),
    "coverage": ("Float", "share of the line art that is ink, in [0, 1]"),
    "render_sha256": ("Text", "of the file's bytes"),
    "line_sha256": ("Text", "of the file's bytes"),
}
CHILD = {
    "key": ("Text", "name of the pictures in the shards"),
    "parent": ("Text", "id of the pair it was made from"),
    "number": ("Integer", "0 for the pair itself, untouched"),
    "split": ("Text", "train, val or test"),
    "group": ("Text", "of the pair it was made from"),
    "shard": ("Text", "name of the tar file"),
    "width": ("Integer", "in pixels"),
    "height": ("Integer", "in pixels"),
    "sha256": ("Text", "of the bytes of the render's PNG followed by the line art's"),
    "recipe": ("Text", "what was done to the pair, in order, as JSON"),
}
PICTURES = {
    "renders": ("render", "the finished drawing"),
    "lines": ("line", "its line art, black ink on white paper"),
}


def write_croissant(out: Path, data: DataSet) -> None:
    """Write the description; see :func:`croissant`."""
    text = json.dumps(croissant(data, out.parent), indent=2, ensure_ascii=False)
    write_text(out, text + "\n")


def croissant(data: DataSet, folder: Path) -> dict[str, Any]:
    """The description as a JSON object.

    Args:
        data: all tables.
        folder: where the description will lie; paths are relative to it.
    """
    tables = {
        "pairs.csv": (data.folders.judged / "pairs.csv", "the pairs that passed the checks"),
        TABLE: (data.folders.augmented / TABLE, "every picture of the augmented sets"),
        **{
            f"{split}.csv": (
                data.folders.splits / f"{split}.csv",
                f"the pairs of the split {split}",
            )
            for split in data.splits
        },
    }
    shards = sorted(data.children["shard"].unique())
    distribution = [
        *(_file(name, path, folder, "text/csv", what) for name, (path, what) in tables.items()),
        *(
            _file(
                name,
                data.folders.augmented / name,
                folder,
                "application/x-tar",
                "a shard of pictures",
            )
            for name in shards
        ),
        *(_pictures(name, shards) for name in PICTURES),
    ]
    return {
        "@context": CONTEXT,
        "@type": "Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": NAME,
        "description": about(data),
        "license": sorted({item.license or "unknown" for item in origins(data)}),
        "creditText": data.attribution,
        "keywords": ["line art", "sketch", "edge detection", "image pairs"],
        "isLiveDataset": False,
        "version": "1.0.0+" + data.version,
        "distribution": distribution,
        "recordSet": [
            _rows("pairs", "pairs.csv", "id", PAIR, {}),
            _rows("children", TABLE, "key", CHILD, {"parent": "pairs/id"}),
            *(_picture_rows(name) for name in PICTURES),
        ],
    }


def _file(name: str, path: Path, folder: Path, kind: str, what: str) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "description": what,
        "contentUrl": os.path.relpath(path, folder).replace(os.sep, "/"),
        "contentSize": f"{path.stat().st_size} B",
        "encodingFormat": kind,
        "sha256": digest,
    }


def _pictures(name: str, shards: Sequence[str]) -> dict[str, Any]:
    member, what = PICTURES[name]
    return {
        "@type": "cr:FileSet",
        "@id": f"{name}.png",
        "name": f"{name}.png",
        "description": f"in the shards: {what}",
        "containedIn": [{"@id": shard} for shard in shards],
        "encodingFormat": "image/png",
        "includes": f"*.{member}.png",
    }


def _rows(
    name: str, table: str, key: str, columns: dict[str, tuple[str, str]], references: dict[str, str]
) -> dict[str, Any]:
    fields = []
    for column, (kind, what) in columns.items():
        field = _field(name, column, f"sc:{kind}", what)
        field["source"] = {"fileObject": {"@id": table}, "extract": {"column": column}}
        if column in references:
            field["references"] = {"field": {"@id": references[column]}}
        fields.append(field)
    return _records(name, key, f"the rows of {table}", fields)


def _picture_rows(name: str) -> dict[str, Any]:
    member, what = PICTURES[name]
    files = {"fileSet": {"@id": f"{name}.png"}}
    key = _field(name, "key", "sc:Text", "name of the picture in the table of children")
    key["source"] = {
        **files,
        "extract": {"fileProperty": "filename"},
        "transform": {"regex": rf"^(.+)\.{member}\.png$"},
    }
    key["references"] = {"fileObject": {"@id": TABLE}, "extract": {"column": "key"}}
    picture = _field(name, "picture", "sc:ImageObject", what)
    picture["source"] = {**files, "extract": {"fileProperty": "content"}}
    return _records(name, "key", f"the pictures themselves: {what}", [key, picture])


def _field(records: str, name: str, kind: str, what: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{records}/{name}",
        "name": name,
        "description": what,
        "dataType": kind,
    }


def _records(name: str, key: str, what: str, fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": what,
        "key": {"@id": f"{name}/{key}"},
        "field": fields,
    }
