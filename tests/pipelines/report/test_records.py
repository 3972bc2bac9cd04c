import hashlib
from pathlib import Path

from pipelines.report.records import Record, data_version, in_outbox, remove


def test_the_version_is_the_digest_dvc_would_give(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.txt").write_text("two")
    (tmp_path / "a.txt").write_text("one")
    one, two = (hashlib.md5(text).hexdigest() for text in (b"one", b"two"))
    listing = f'[{{"md5": "{one}", "relpath": "a.txt"}}, {{"md5": "{two}", "relpath": "b/2.txt"}}]'
    assert data_version(tmp_path) == hashlib.md5(listing.encode()).hexdigest()


def test_what_waits_is_what_was_put_there(records: list[Record], tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    for record in records:
        record.copy_to(outbox)
        record.copy_to(outbox)
    waiting = in_outbox(outbox)
    assert [item.model for item in waiting.values()] == ["clearnet", "dark_threshold"]
    for before, (folder, after) in zip(records, waiting.items(), strict=True):
        assert after.digest == before.digest
        assert after.scores == before.scores
        assert after.facts == {"git_commit": "abc"}
        assert after.weights is None
        remove(folder, outbox)
    assert not outbox.exists()
