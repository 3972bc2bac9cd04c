from dataset_tools.sources.drawing import Refused
from lineart.pictures.images import write_text
from pipelines.stages.qa import read_refused


def test_what_ingest_refused_is_read_as_it_was_written(tmp_path):
    assert read_refused(tmp_path) == []
    write_text(tmp_path / "refused.csv", 'id,reason\n0031,"It is empty, all of it."\n')
    assert read_refused(tmp_path) == [Refused("0031", "It is empty, all of it.")]
