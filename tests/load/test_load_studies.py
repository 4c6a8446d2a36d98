"""A folder is a study, or an error that says what to do."""

import pandas as pd
import pytest

from spasticity import load, simulate, tables
from spasticity.errors import DataError

SCHEMAS = {schema.name: schema for schema in tables.STUDY_TABLES}
NAMES = list(SCHEMAS)


def test_a_saved_study_reads_back_equal(small_study, folder):
    back = load.study(folder)
    assert back.protocol == small_study.protocol
    assert list(back.tables) == NAMES
    for name, frame in small_study.tables.items():
        pd.testing.assert_frame_equal(back.tables[name], frame)
    assert len(back.repairs) == len(back.rejects) == 0
    assert back.ledger.frame["rows_read"].tolist() == [len(frame) for frame in small_study.tables.values()]


def test_loading_what_was_loaded_and_saved_changes_no_byte(folder, tmp_path):
    again = load.study(folder).save(tmp_path / "again")
    for path in folder.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes()


def cut_in_a_row(path):
    path.write_bytes(path.read_bytes()[:-3])
    return r"last line has no end|ends in the middle of line 31"


def cut_at_a_line_end(path):
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    return r"29 rows where 30 are expected; the file was cut or edited"


def cut_to_nothing(path):
    path.write_bytes(b"")
    return r"the last line has no end|the file is empty"


def a_column_renamed(path):
    header, _, rest = path.read_text(encoding="utf-8").partition("\n")
    path.write_text(header.replace("participant", "partcipant", 1) + "\n" + rest, encoding="utf-8")
    return r"1 column missing: `participant`; 1 unknown column: `partcipant`. `partcipant` looks like `participant`"


def a_column_lost(path):
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    needed = [column.name for column in SCHEMAS[path.stem] if not column.optional]
    frame.drop(columns=needed[-1]).to_csv(path, index=False, lineterminator="\n")
    return rf"1 column missing: `{needed[-1]}`"


def a_column_added(path):
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.assign(remarks="x").to_csv(path, index=False, lineterminator="\n")
    return r"1 unknown column: `remarks`"


def lost(path):
    path.unlink()
    return rf"1 file missing: `{path.name}`"


def misnamed(path):
    path.rename(path.with_name(f"x{path.name}"))
    return rf"1 file missing: `{path.name}`\. Did `x{path.name}` mean `{path.name}`\?"


def bytes_of_another_encoding(path):
    path.write_bytes(path.read_bytes().replace(b"P0003", b"P\xe9003", 1))
    return r"the byte at offset \d[\d,]* \(line \d+\) is not utf-8"


DAMAGES = [
    cut_in_a_row,
    cut_at_a_line_end,
    cut_to_nothing,
    a_column_renamed,
    a_column_lost,
    a_column_added,
    lost,
    misnamed,
    bytes_of_another_encoding,
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_structural_damage_stops_the_load_and_names_the_file(folder, name, damage):
    message = damage(folder / f"{name}.csv")
    with pytest.raises(DataError, match=message) as caught:
        load.study(folder)
    assert name in str(caught.value)
    assert str(folder.parent) not in str(caught.value)


def test_a_participant_who_comes_twice_stops_the_load(folder):
    path = folder / "participants.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines[:-1], lines[1]]), encoding="utf-8")
    with pytest.raises(DataError, match=r"2 rows of participants share the key participant .* first rows 2 and 31"):
        load.study(folder)


def test_folders_that_are_no_study_are_told_apart(tmp_path, folder):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(DataError, match=r"empty: the folder is empty; a study has a study.toml, a participants.csv"):
        load.study(empty)
    with pytest.raises(DataError, match="nowhere: there is no such folder"):
        load.study(tmp_path / "nowhere")
    with pytest.raises(DataError, match="this is a file; name the folder"):
        load.study(folder / "study.toml")
    (folder / "study.toml").unlink()
    with pytest.raises(DataError, match=r"there is no study\.toml"):
        load.study(folder)


def test_a_file_that_no_table_is_named_after_is_refused_unless_it_is_a_companion(folder):
    (folder / "codebook.csv").write_text("a\n1\n", encoding="utf-8")
    (folder / "README.md").write_text("words", encoding="utf-8")
    load.study(folder)
    (folder / "night.csv").write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"1 file that no table is named after: `night.csv`. Did `night.csv` mean `n"):
        load.study(folder)


def test_cell_damage_costs_one_row_and_is_written_down(folder):
    path = folder / "walks.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.loc[4, "time_s"] = "4OO"
    frame.loc[7, "test"] = " t25fw"
    frame.to_csv(path, index=False, lineterminator="\n")
    study = load.study(folder)
    assert len(study.walks) == 29
    assert study.rejects.to_numpy().tolist() == [["walks.csv", 6, "time_s", "4OO", "expected a number from 1 to 600"]]
    assert study.repairs.to_numpy().tolist() == [
        ["walks.csv", 9, "test", " t25fw", "t25fw", "spaces or line ends removed"]
    ]


def test_a_study_made_by_hand_needs_no_row_counts(folder):
    path = folder / "study.toml"
    path.write_text(path.read_text(encoding="utf-8").split("[rows]")[0], encoding="utf-8")
    assert len(load.study(folder).participants) == 30


PLAN = """[study]
name = "Plan"
arms = ["placebo"]

[[visits]]
name = "baseline"
day = -1
window = [-14, -1]

[[visits]]
name = "week 12"
day = 84
window = [70, 98]

[rows]
participants = 3
"""

WRONG_PLANS = [
    ('name = "Plan"\n', "name = 5\n", r"study.toml, line 2: `name` must be a text in quotes\."),
    ('name = "Plan"\n', "", r"study.toml, line 1: \[study\] has no `name`; give the study a title\."),
    ("arms =", "armz =", r"study.toml, line 3: `armz` is not known; did you mean `arms`\?$"),
    ('["placebo"]', "[1]", r"study.toml, line 3: `arms` must be a list of texts"),
    ("day = 84", 'day = "84"', r"study.toml, line 12: `day` must be a whole number"),
    ("day = 84", "day = true", r"study.toml, line 12: `day` must be a whole number"),
    ("day = 84\n", "", r"study.toml, line 10: the visit has no `day`\."),
    ("[70, 98]", "[70]", r"study.toml, line 13: `window` must be two whole numbers"),
    ("[70, 98]", "[90, 98]", r"study.toml: protocol: the window of visit `week 12` does not hold its day 84"),
    ("[rows]", "[versions]\npsfs = 4\n\n[rows]", r"study.toml, line 16: `psfs` must be a text in quotes"),
    ("[rows]", "[row]", r"study.toml, line 15: `row` is not known; did you mean `rows`\?"),
    ("participants = 3", "participants = -3", r"study.toml, line 16: `participants` must be a whole number of rows"),
    ("[study]", "[study", r"study.toml: this is not valid TOML: .*line 1"),
    ("[study]", "[studies]", r"study.toml, line 1: `studies` is not known; did you mean `study`\?"),
    ("[[visits]]", "[[study.visits]]", r"there are no \[\[visits\]\]; each has a `name`"),
]


@pytest.mark.parametrize(("old", "new", "message"), WRONG_PLANS)
def test_a_wrong_plan_names_the_line_and_the_key(tmp_path, old, new, message):
    path = tmp_path / "study.toml"
    path.write_text(PLAN.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load.study(tmp_path)


def test_the_protocol_of_a_folder_and_of_its_file_are_the_same(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(PLAN, encoding="utf-8")
    assert load.protocol(tmp_path) == load.protocol(path)
    assert load.protocol(path).visit_names == ["baseline", "week 12"]


@pytest.mark.slow
def test_the_sample_study_is_what_was_simulated():
    made, loaded = simulate.trial().study, load.sample_study()
    assert loaded.protocol == made.protocol
    assert list(loaded.tables) == list(made.tables)
    for name, frame in made.tables.items():
        pd.testing.assert_frame_equal(loaded.tables[name], frame)
    assert len(loaded.repairs) == len(loaded.rejects) == 0
