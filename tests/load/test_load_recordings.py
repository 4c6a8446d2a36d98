"""Many recordings: one result or one reject for each, in order, on any executor, through the death of workers."""

import re
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from spasticity import derive
from spasticity.errors import DataError, MethodError
from spasticity.load.accelerometer_files import accelerometer
from spasticity.load.recordings_many import recordings
from spasticity.load.recordings_run import own_pool
from tests.load.poison import broken, deadly, halved, noted
from tests.load.rawdevices import cwa
from tests.load.test_load_accelerometer import moving


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Five recordings of a minute, of which the third is no recording."""
    folder = tmp_path_factory.mktemp("recordings")
    for number in (1, 2, 4, 5):
        cwa(folder / f"r{number}.cwa", moving(6000, seed=number) / 256)
    (folder / "r3.cwa").write_text("nothing of the kind")
    return folder


def files(folder, *extra):
    return [folder / f"r{number}.cwa" for number in range(1, 6)] + list(extra)


def read(paths, **options):
    people = [f"P{number}" for number in range(1, len(paths) + 1)]
    return recordings(paths, **({"participants": people, "zone": "Europe/London", "progress": False} | options))


class Later(Executor):
    """An executor of another kind: it loses its second task, and each time it is asked for a file named poison."""

    def __init__(self):
        self.asked = []

    def submit(self, function, /, *args, **kwargs):
        future = Future()
        self.asked.append(args[0].path.name)
        if len(self.asked) == 2 or "poison" in args[0].path.name:
            future.set_exception(MemoryError("Jane Doe"))
        else:
            future.set_result(function(*args, **kwargs))
        return future


def test_each_file_is_a_table_or_a_reject_in_the_order_they_were_named(folder):
    found = read(files(folder))
    assert found.files["file"].tolist() == [f"r{number}.cwa" for number in range(1, 6)]
    assert found.files["outcome"].tolist() == ["read", "read", "refused", "read", "read"]
    assert [item is None for item in found.loaded] == [False, False, True, False, False]
    assert found.rejects.to_numpy().tolist() == [
        ["r3.cwa", 3, "file", None, found.files["why"].iloc[2]],
    ]
    assert found.files["why"].iloc[2].startswith("this is no raw recording that is read")
    assert repr(found) == "5 recordings: 4 read, 1 refused"
    assert "r3.cwa" in found._repr_html_()
    alone = accelerometer(folder / "r4.cwa", participant="P4", zone="Europe/London")
    pd.testing.assert_frame_equal(found.loaded[3].table, alone.table)
    whole = found.stacked()
    assert whole.table["participant"].unique().tolist() == ["P1", "P2", "P4", "P5"]
    assert whole.source.rows_read == len(whole.table) == 48


@pytest.mark.parametrize("executor", [2, "pool", "threads", "other"])
def test_it_does_not_matter_where_they_are_read(folder, executor):
    here = read(files(folder))
    made = {"pool": lambda: own_pool(2), "threads": lambda: ThreadPoolExecutor(2), "other": Later}
    place = made[executor]() if executor in made else executor
    there = read(files(folder), executor=place)
    assert there.files.equals(here.files)
    for one, other in zip(here.loaded, there.loaded, strict=True):
        assert (one is None) == (other is None)
        if one is not None:
            pd.testing.assert_frame_equal(one.table, other.table)
    if isinstance(place, Executor):
        place.shutdown()


def test_another_executor_is_asked_once_more_for_what_it_lost(folder, tmp_path):
    poison, place = cwa(tmp_path / "poison.cwa", moving(6000) / 256), Later()
    found = read([*files(folder), poison], executor=place)
    assert found.files["outcome"].tolist() == ["read", "read", "refused", "read", "read", "lost"]
    assert place.asked[6:] == ["r2.cwa", "poison.cwa"]
    assert "MemoryError" in found.files["why"].iloc[5]
    assert "Jane" not in found.files["why"].iloc[5]


@pytest.mark.parametrize("executor", [2, "pool"])
def test_a_file_that_kills_its_worker_is_lost_and_no_other(folder, tmp_path, executor):
    poison = cwa(tmp_path / "poison.cwa", moving(6000) / 256)
    paths = [*files(folder)[:2], poison, *files(folder)[3:]]
    place = own_pool(2) if executor == "pool" else executor
    found = read(paths, executor=place, reader=deadly)
    assert found.files["outcome"].tolist() == ["read", "read", "lost", "read", "read"]
    assert found.rejects["rule"].str.startswith("the worker was killed or lost").all()
    assert len(found.stacked().table) == 48


def test_what_was_read_is_not_read_again_and_the_lost_can_be_resumed(folder, tmp_path):
    poison = cwa(tmp_path / "poison.cwa", moving(6000) / 256)
    cache, log = tmp_path / "cache", str(tmp_path / "log")
    paths = [*files(folder)[:2], poison]
    first = read(paths, executor=1, reader=deadly, cache=cache)
    assert first.files["outcome"].tolist() == ["read", "read", "lost"]
    assert len(list(cache.iterdir())) == 2  # whole files only
    good = cwa(tmp_path / "good.cwa", moving(6000) / 256)
    again = read([*paths[:2], good], reader=deadly, cache=cache)
    assert again.files["outcome"].tolist() == ["from cache", "from cache", "read"]
    for one, other in zip(first.loaded[:2], again.loaded, strict=False):
        pd.testing.assert_frame_equal(one.table, other.table)
        assert one.source == other.source
        pd.testing.assert_frame_equal(one.identifiers, other.identifiers, check_dtype=False)
    noting = partial(noted, log=log)
    assert read(paths[:2], reader=noting, cache=cache).files["outcome"].tolist() == ["read", "read"]  # another reader
    assert read(paths[:2], reader=noting, cache=cache).files["outcome"].tolist() == ["from cache"] * 2
    assert read(paths[:2], reader=noting, cache=cache, epoch_s=1).files["outcome"].tolist() == ["read"] * 2
    assert Path(log).read_text().split() == ["r1.cwa", "r2.cwa"] * 2


def test_a_changed_file_is_read_again_and_damage_in_the_cache_does_no_harm(folder, tmp_path):
    path, cache = cwa(tmp_path / "a.cwa", moving(6000) / 256), tmp_path / "cache"
    before = read([path], cache=cache).loaded[0]
    for kept in cache.iterdir():
        kept.write_bytes(kept.read_bytes()[:100])
    assert read([path], cache=cache).files["outcome"].tolist() == ["read"]
    assert read([path], cache=cache).files["outcome"].tolist() == ["from cache"]
    cwa(path, moving(6000, seed=9) / 256)
    after = read([path], cache=cache)
    assert after.files["outcome"].tolist() == ["read"]
    assert not after.loaded[0].table["enmo_mg"].equals(before.table["enmo_mg"])


def test_rejects_and_states_survive_the_cache(tmp_path):
    path, cache = cwa(tmp_path / "a.cwa", moving(24000) / 256), tmp_path / "cache"
    data = bytearray(path.read_bytes())
    data[1024 + 100 * 512 + 77] ^= 0xFF
    path.write_bytes(bytes(data))
    worn = partial(derive.non_wear, method="van_hees")
    one, other = (read([path], cache=cache, then=worn).loaded[0] for _ in range(2))
    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.rejects, other.rejects, check_dtype=False)
    assert other.touched == {"P1"}
    assert "201" not in other.source.note
    assert other.source.note.startswith("200 blocks read = 199 used + 1 refused")


def test_a_step_after_reading_makes_tables_that_are_small_to_send(folder):
    found = read(files(folder)[:2], then=halved).loaded[0]
    assert len(found.table) == 6
    assert found.source.rows_read == 6
    assert found.source.note.endswith("12 epochs became 6")
    minutes = read(files(folder)[:1], then=partial(derive.longer_epochs, epoch_s=60), executor=1).loaded[0]
    assert minutes.table["epoch_s"].tolist() == [60.0]


def test_an_error_nobody_foresaw_is_a_reject_without_its_text(folder):
    found = read(files(folder)[:1], reader=broken)
    assert found.files["outcome"].tolist() == ["refused"]
    assert found.files["why"].iloc[0] == "an error nobody foresaw (ZeroDivisionError); please report it"
    with pytest.raises(DataError, match=r"none of 1 file could be read; see `\.files`"):
        found.stacked()


def test_what_identifies_in_the_name_of_a_file_is_not_repeated(tmp_path):
    path = tmp_path / "call 503-555-0143.cwa"
    path.write_text("nothing of the kind")
    found = read([path])
    assert "555" not in found.files.to_string()


def test_people_and_zones_are_named_in_order_or_by_file(folder):
    two = files(folder)[:2]
    by_name = read(two, participants={"r1.cwa": "A", "r2.cwa": "B"}, zone={"r1.cwa": "UTC", "r2.cwa": "Asia/Tokyo"})
    assert by_name.files["participant"].tolist() == ["A", "B"]
    assert by_name.loaded[1].table["zone"].unique().tolist() == ["Asia/Tokyo"]
    with pytest.raises(MethodError, match="participants: 1 file of 2 not named; give each by its name"):
        read(two, participants={"r1.cwa": "A"})
    with pytest.raises(MethodError, match="participants: expected one for each of 2 files"):
        read(two, participants=["A"])
    with pytest.raises(MethodError, match="participants: expected one for each of 2 files"):
        read(two, participants="AB")


def test_nothing_to_read_is_no_error(folder):
    assert repr(read([])) == "0 recordings: "
    assert read([], executor=1).rejects.empty


def test_a_progress_bar_is_shown_when_asked_for(folder, capsys):
    read(files(folder)[:2], progress=True)
    assert "recordings: 100%" in capsys.readouterr().err


def test_a_pool_of_the_standard_library_is_taken_as_it_is(folder):
    with ProcessPoolExecutor(1, mp_context=own_pool(1)._mp_context) as pool:
        assert read(files(folder)[:1], executor=pool).files["outcome"].tolist() == ["read"]


def test_the_code_of_the_page_runs(tmp_path, monkeypatch):
    page = Path(__file__).parents[2] / "docs" / "formats" / "recordings.md"
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    monkeypatch.chdir(tmp_path)
    for number in (1, 2):
        cwa(tmp_path / f"wrist_P0{number}.cwa", moving(30000, seed=number) / 256)
    names = {"paths": ["wrist_P01.cwa", "wrist_P02.cwa"]}
    for block in blocks[:2]:
        exec(compile(block, str(page), "exec"), names)
    assert names["minutes"]["epoch_s"].eq(60).all()
    assert names["found"].files["outcome"].tolist() == ["read", "read"]
    assert names["epochs"].table["participant"].unique().tolist() == ["P01", "P02"]
    assert "client.get_executor()" in blocks[2]
