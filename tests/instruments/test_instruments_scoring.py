"""The engine: long and wide, what is refused, what is counted, what never goes into a message."""

import numpy as np
import pandas as pd
import pytest

from spasticity import instruments, tables
from spasticity.errors import DataError, MethodError
from spasticity.instruments import Form, Instrument, Item, Measure, Ruled, Scale, grades, tone

ISI = [f"q{number}" for number in range(1, 8)]


def wide(*rows, keys=ISI):
    frame = pd.DataFrame(rows, columns=["participant", "visit", *keys])
    return frame


def long(frame, instrument="isi"):
    by = [name for name in ("participant", "visit", "day") if name in frame]
    melted = frame.melt(by, var_name="item", value_name="response").dropna(subset="response")
    return melted.assign(instrument=instrument)


TWO = wide(["P1", "baseline", *[1] * 7], ["P2", "baseline", *[2] * 7])


def values(scored):
    return scored.table["value"].tolist()


def test_long_and_wide_answers_give_the_same_scores():
    pd.testing.assert_frame_equal(
        instruments.score(long(TWO), "isi").table,
        instruments.score(TWO, "isi").table.assign(participant=["P1", "P2"]),
        check_dtype=False,
    )


def test_answers_shaped_by_the_table_are_scored_from_their_text():
    answers = tables.ANSWERS.check(long(TWO).assign(day=-1, response=lambda f: f["response"].astype(str)), extra=True)
    scored = instruments.score(answers, "isi")
    assert values(scored) == [7, 14]
    assert scored.table["day"].tolist() == [-1, -1]
    assert list(scored.table.columns) == ["participant", "visit", "day", "outcome", "value", "n_items", "flag"]


def test_rows_of_other_instruments_are_left_alone():
    both = pd.concat([long(TWO), long(TWO, "ess")])
    assert values(instruments.score(both, "isi")) == [7, 14]


def test_the_first_day_stands_for_an_occasion_that_took_two():
    answers = long(TWO).assign(day=[7, 8] * 7)
    assert instruments.score(answers, "isi").table["day"].tolist() == [7, 8]
    assert instruments.score(answers.assign(day=[9, 8, 7] * 4 + [7, 9]), "isi").table["day"].tolist() == [7, 7]


def test_a_daily_rating_has_one_score_a_day():
    diary = pd.DataFrame({"participant": "P1", "day": [0, 1, 2], "spasticity_nrs": [4, None, 6]})
    scored = instruments.score(diary, "spasticity_nrs")
    assert scored.table["value"].fillna(-1).tolist() == [4, -1, 6]
    assert scored.table["flag"].fillna("").tolist() == ["", "no answers", ""]
    assert scored.table["n_items"].tolist() == [1, 0, 1]


def test_row_labels_of_the_answers_name_what_was_refused():
    answers = TWO.set_axis([17, 42]).astype(object)
    answers.loc[42, "q3"] = "rather"
    refused = instruments.score(answers, "isi").refused
    assert refused.to_dict("records") == [
        {"row": 42, "participant": "P2", "visit": "baseline", "item": "q3", "value": "rather",
         "rule": "expected a whole number from 0 to 4"}
    ]  # fmt: skip


@pytest.mark.parametrize(
    "answer", ["rather", "1,5", "7", 7, -1, "1e1", "inf", float("inf"), pd.Timestamp("2024-01-01")]
)
def test_text_and_numbers_out_of_range_are_refused_rows_and_never_in_the_print(answer):
    frame = long(TWO).astype({"response": object})
    frame.loc[frame.index[3], "response"] = answer
    scored = instruments.score(frame, "isi")
    assert len(scored.refused) == 1
    assert scored.table["value"].isna().sum() == 1
    assert "rather" not in repr(scored) + scored._repr_html_()


def test_row_labels_of_long_answers_name_what_was_refused_also_between_other_rows():
    answers = pd.concat([long(TWO, "ess"), long(TWO)], ignore_index=True).set_axis(range(100, 128))
    answers = answers.astype({"response": object}).sample(frac=1, random_state=2)
    wrong = answers.index[answers["instrument"].eq("isi") & answers["item"].eq("q4")][0]
    answers.loc[wrong, "response"] = 9
    scored = instruments.score(answers, "isi")
    assert scored.refused[["row", "participant", "item", "value"]].to_numpy().tolist() == [
        [wrong, answers.loc[wrong, "participant"], "q4", 9]
    ]


def test_true_and_false_are_no_answers_to_a_graded_item():
    scored = instruments.score(TWO.assign(q1=[True, False]), "isi")
    assert scored.refused["item"].tolist() == ["q1", "q1"]


@pytest.mark.parametrize("answer", [2, 2.0, "2", " 2 ", "2.0", "+2", np.int8(2)])
def test_a_whole_number_may_be_spelled_in_several_ways(answer):
    frame = TWO.astype({"q1": object})
    frame.loc[0, "q1"] = answer
    assert values(instruments.score(frame, "isi")) == [8, 14]


@pytest.mark.parametrize("blank", [None, np.nan, pd.NA, "", "  "])
def test_blank_answers_are_missing_and_not_refused(blank):
    frame = TWO.astype({"q1": object})
    frame.loc[0, "q1"] = blank
    scored = instruments.score(frame, "isi")
    assert len(scored.refused) == 0
    assert scored.table["flag"].fillna("").tolist() == ["too few answers", ""]


def test_an_item_the_form_does_not_have_is_a_refused_row_with_its_place():
    answers = long(TWO).reset_index(drop=True)
    answers.loc[0, "item"] = "q77"
    scored = instruments.score(answers, "isi")
    assert scored.refused[["row", "participant", "item", "rule"]].to_numpy().tolist() == [
        [0, "P1", "q77", "expected an item of the form"]
    ]
    assert values(scored)[1] == 14


def test_item_keys_that_all_differ_are_an_error_with_the_right_keys():
    with pytest.raises(DataError, match=r"answers to isi: no row names an item of the form. Its items are `q1`, `q2`"):
        instruments.score(long(TWO).assign(item="ISI_1"), "isi")


def test_a_misspelt_column_is_matched_with_the_item_it_resembles():
    with pytest.raises(DataError, match=r"not there: `q7`; 1 column no item of the form: `q07`. `q07` looks like `q7`"):
        instruments.score(TWO.rename(columns={"q7": "q07"}), "isi")


@pytest.mark.parametrize(("frame", "message"), [
    (TWO.drop(columns="participant"), "expected the columns `participant` and `visit`"),
    (TWO.drop(columns="visit"), "expected the columns `participant` and `visit`"),
    (TWO.assign(participant=["P1", None]), "1 row has no `participant`, first at row 1"),
    (pd.concat([TWO, TWO], ignore_index=True), "2 rows repeat an occasion .participant, visit., first at row 2"),
    (long(TWO).drop(columns="response"), "a long table lacks `response`"),
    (long(TWO, "ess"), "no row has `isi` in its column `instrument`"),
    (pd.concat([long(TWO)] * 2, ignore_index=True), "14 rows repeat an item on one occasion"),
])  # fmt: skip
def test_frames_that_cannot_be_answers_are_errors(frame, message):
    with pytest.raises(DataError, match=f"answers to isi: .*{message}"):
        instruments.score(frame, "isi")


def test_an_unknown_instrument_is_an_error_with_the_nearest_name():
    with pytest.raises(MethodError, match=r"instrument='psqii' is not known: .*did you mean `psqi`"):
        instruments.score(TWO, "psqii")


def test_counts_and_print_tell_what_happened_to_every_occasion():
    frame = pd.DataFrame([["P1", "v", *[1.0] * 9], ["P2", "v", *[1.0] * 7, None, None], ["P3", "v", *[None] * 9]])
    frame.columns = ["participant", "visit", *(f"q{number}" for number in range(1, 10))]
    scored = instruments.score(frame, "fss")
    assert scored.counts.to_dict("records") == [
        {"outcome": "fss", "occasions": 3, "scored": 2, "missing": 1, "prorated": 1}
    ]
    assert repr(scored).startswith("fss: 3 participants; 0 answers refused, 0 answers repaired\n")
    assert "<table" in scored._repr_html_()


def test_no_rows_give_no_rows_with_the_columns_in_place():
    scored = instruments.score(TWO.iloc[:0], "isi")
    assert list(scored.table.columns) == ["participant", "visit", "outcome", "value", "n_items", "flag"]
    assert len(scored.table) == len(scored.refused) == 0


def test_visits_that_are_categories_stay_so_with_their_order():
    visit = pd.Categorical(["week 4", "baseline"], ["baseline", "week 4"], ordered=True)
    table = instruments.score(TWO.assign(visit=visit), "isi").table
    assert list(table["visit"].cat.categories) == ["baseline", "week 4"]
    assert list(table["visit"]) == ["week 4", "baseline"]


def test_the_frame_that_was_handed_in_is_not_changed():
    before = TWO.copy()
    instruments.score(TWO, "isi")
    pd.testing.assert_frame_equal(TWO, before)


def examined(*typed, muscles=("knee flexors", "knee extensors", "plantar flexors")):
    rows = [(side, muscle) for side in ("left", "right") for muscle in muscles]
    frame = pd.DataFrame(rows, columns=["side", "muscle"]).assign(
        participant="P1", visit="baseline", day=-1, scale="mas"
    )
    return tables.TONE.check(frame.assign(grade=list(typed))[tables.TONE.names])


def test_golden_6_the_tone_table_becomes_the_composite():
    answers = tone.tone_answers(examined("2", "1+", "3", "2", "1", "0"))
    row = instruments.score(answers, "llmt6").table.iloc[0]
    assert row["value"] == pytest.approx(13 / 6, rel=1e-15)
    assert (row["participant"], row["visit"], row["day"], row["outcome"]) == ("P1", "baseline", -1, "llmt6")


@pytest.mark.parametrize(("coding", "mean"), [("rank0_5", 13 / 6), ("conv1_5", 9.5 / 6), ("merged0_4", 1.5)])
def test_a_study_may_declare_its_own_muscles_and_coding(coding, mean):
    mine = tone.muscle_mean(Measure(id="mine", label=f"Mine ({coding})"), tone.LOWER_LIMB, coding=coding)
    answers = tone.tone_answers(examined("2", "1+", "3", "2", "1", "0"))
    assert values(instruments.score(answers, mine)) == [pytest.approx(mean, rel=1e-15)]


def test_a_sum_of_ranks_and_a_stricter_rule_are_options_of_the_composite():
    total = tone.muscle_mean(Measure(id="t", label="T"), tone.KNEES, coding="rank0_5", how="sum", at_least=4)
    assert values(instruments.score(tone.tone_answers(examined("2", "1+", "3", "2", "1", "0")), total)) == [
        3 + 2 + 3 + 1
    ]


def test_muscles_outside_the_composite_are_counted_as_refused_rows():
    frame = examined("2", "2", "2", "2", "2", "2")
    scored = instruments.score(tone.tone_answers(frame), "llmt4")
    assert scored.refused["item"].tolist() == ["left plantar flexors", "right plantar flexors"]
    assert values(scored) == [3]


@pytest.mark.parametrize("spelling", ["1 +", "1,5", "1.5", "I+", 1.5])
def test_spellings_of_one_plus_are_scored_and_logged(spelling):
    answers = pd.DataFrame({"participant": ["P1"], "visit": ["v"], "grade": pd.Series([spelling], dtype=object)})
    scored = instruments.score(answers, "mas", version="rank0_5")
    assert values(scored) == [2]
    assert scored.repairs[["item", "was", "became"]].to_numpy().tolist() == [["grade", spelling, 2.0]]


@pytest.mark.parametrize("grade", ["5", "2.5", "stiff"])
def test_what_is_no_written_grade_is_refused(grade):
    answers = pd.DataFrame({"participant": ["P1"], "visit": ["v"], "grade": [grade]})
    assert len(instruments.score(answers, "mas", version="rank0_5").refused) == 1


def test_only_items_with_a_range_can_be_reversed():
    item = Item(key="a", reverse=True)
    form = Form(items=(item,), scales=(Scale(measure=Measure(id="a", label="A"), items=("a",)),))
    bad = Instrument(id="a", name="", what="", who="", recall="", population="", missing="", forms=(form,))
    with pytest.raises(MethodError, match="item a: only an item with a range can be reversed"):
        instruments.score(pd.DataFrame({"participant": ["P"], "visit": ["v"], "a": [1]}), bad)


def test_an_own_instrument_is_a_value_like_any_other():
    measure = Measure(id="own", label="Own", better="lower", low=0, high=6)
    items = (Item(key="a", low=0, high=3), Item(key="b", low=0, high=3, reverse=True))

    def rule(answers):
        return {"twice": Ruled(2 * answers["a"], {"high": answers["a"] > 2})}

    scales = (
        Scale(measure=measure, items=("a", "b")),
        Scale(measure=Measure(id="twice", label="Twice"), items=("a",), how="rule"),
    )
    own = Instrument(
        id="own", name="Own", what="a", who="b", recall="c", population="d", missing="e",
        forms=(Form(items=items, scales=scales, rule=rule),),
    )  # fmt: skip
    answers = pd.DataFrame({"participant": ["P", "Q"], "visit": "v", "a": [1, 3], "b": [0, 3]})
    scored = instruments.score(answers, own)
    assert values(scored) == [4, 3, 2, 6]
    assert scored.table["flag"].fillna("").tolist() == ["", "", "", "high"]


def test_grades_that_are_categories_with_other_labels_are_refused_not_guessed():
    answers = pd.DataFrame({"participant": ["P1"], "visit": ["v"], "grade": pd.Categorical(["mild"])})
    assert instruments.score(answers, "mas", version="rank0_5").refused["item"].tolist() == ["grade"]
    assert grades.GRADE.categories.tolist() == list(grades.MAS_GRADES)
