"""Golden respondents of every form: best, worst, half missing, too much missing, impossible, wrong version."""

import pandas as pd
import pytest

from spasticity import instruments
from spasticity.errors import DataError, MethodError
from spasticity.instruments.registry import INSTRUMENTS

NONE = float("nan")
LEFT, RIGHT = ("left knee flexors", "left knee extensors", "left plantar flexors"), "right knee flexors"
FORMS = [
    (name, form.version or None) for name, instrument in INSTRUMENTS.items() for form in instrument.forms if form.items
]


def q(*numbers, prefix="q"):
    return [f"{prefix}{number}" for number in numbers]


def keys(prefix, count):
    return q(*range(1, count + 1), prefix=prefix)


def case(fill=None, expected=None, drop=(), flag=None, **answers):
    """Every item answered `fill`, some otherwise, some not; what comes out; words in the flag of the first outcome."""
    return {"fill": fill, "answers": answers, "drop": drop, "expected": expected, "flag": flag}


def msss(**scores):
    counts = {"stiffness": 12, "pain": 9, "spasms": 14, "adl": 11, "walking": 10, "movement": 11, "feelings": 13}
    return {f"msss88_{part}": count for part, count in (counts | {"social": 8} | scores).items()}


SCIM_BEST = {"bathing_upper": 3, "bathing_lower": 3, "dressing_upper": 4, "dressing_lower": 4, "feeding": 3}
SCIM_BEST |= {"grooming": 3, "respiration": 10, "bladder": 15, "bowel": 10, "toilet": 5, "bed_mobility": 6}
SCIM_BEST |= {"bed_chair": 2, "chair_toilet": 2, "indoors": 8, "moderate_distance": 8, "outdoors": 8, "stairs": 3}
SCIM_BEST |= {"chair_car": 2, "ground_chair": 1}
BARTHEL_BEST = {"feeding": 10, "bathing": 5, "grooming": 5, "dressing": 10, "bowels": 10, "bladder": 10}
BARTHEL_BEST |= {"toilet": 10, "transfers": 15, "mobility": 15, "stairs": 10}
NIGHT = {"into_bed": "22:30", "attempt": "23:00", "final_awakening": "06:30", "out_of_bed": "07:00"}
NIGHT |= {"sol_min": 25, "waso_min": 40, "awakenings": 2, "spasm_awakenings": 0, "tasafa_min": None}
DOZE = {"bedtime": "23:00", "getup": "07:00", "hours_sleep": 8, "latency_min": 5, "5j_comment": "x"}

GOLDEN = {
    ("as", "0-4"): [case(0, {"as_grade": 0}), case(4, {"as_grade": 4})],
    ("as", "1-5"): [case(1, {"as_grade": 0}), case(5, {"as_grade": 4})],
    ("mas", "rank0_5"): [case("0", {"mas_rank0_5": 0}), case("1+", {"mas_rank0_5": 2}), case("4", {"mas_rank0_5": 5})],
    ("mas", "conv1_5"): [case("1+", {"mas_conv1_5": 1.5}), case("4", {"mas_conv1_5": 4})],
    ("mas", "merged0_4"): [case("1+", {"mas_merged0_4": 1}), case("2", {"mas_merged0_4": 2})],
    ("mmas", None): [case(0, {"mmas_grade": 0}), case(4, {"mmas_grade": 4})],
    ("llmt6", None): [
        case("0", {"llmt6": 0}),
        case("4", {"llmt6": 5}),
        case("4", {"llmt6": 5}, drop=LEFT[:2], flag="prorated"),
        case("4", {"llmt6": NONE}, drop=LEFT, flag="too few answers"),
    ],
    ("llmt4", None): [
        case("1+", {"llmt4": 2}),
        case("2", {"llmt4": 3}, drop=LEFT[:1], flag="prorated"),
        case("2", {"llmt4": NONE}, drop=LEFT[:2], flag="too few answers"),
    ],
    ("psfs", None): [
        case(0, {"psfs_frequency": 0, "psfs_severity": NONE}, drop=["severity"]),
        case(None, {"psfs_frequency": 4, "psfs_severity": 3}, frequency=4, severity=3),
        case(None, {"psfs_frequency": 2, "psfs_severity": NONE}, frequency=2),
        case(None, {"psfs_frequency": 0, "psfs_severity": NONE}, frequency=0, severity=2),
    ],
    ("sfs_daily", "0-4"): [case(0, {"sfs_daily": 0}), case(4, {"sfs_daily": 4})],
    ("sfs_daily", "1-5"): [case(1, {"sfs_daily": 0}), case(5, {"sfs_daily": 4})],
    ("spasm_count", None): [case(0, {"spasms_per_day": 0}), case(250, {"spasms_per_day": 250})],
    ("scats", None): [
        case(0, {"scats_clonus": 0, "scats_flexor": 0, "scats_extensor": 0}),
        case(3, {"scats_clonus": 3, "scats_flexor": 3, "scats_extensor": NONE}, drop=["extensor"]),
    ],
    ("mts", None): [
        case(None, {"tardieu_angle_deg": 0, "tardieu_quality": 0}, r1_deg=20, r2_deg=20, quality=0),
        case(None, {"tardieu_angle_deg": 55, "tardieu_quality": 4}, r1_deg=-40, r2_deg=15, quality=4),
        case(None, {"tardieu_angle_deg": NONE, "tardieu_quality": 2}, r1_deg=30, r2_deg=20, quality=2,
             flag="R1 beyond R2"),
        case(None, {"tardieu_angle_deg": NONE, "tardieu_quality": NONE}, r1_deg=30, flag="too few answers"),
    ],
    ("clonus", None): [
        case(None, {"clonus_beats": 0, "clonus_s": 0, "clonus_scats": 0}, beats=0, seconds=0),
        case(None, {"clonus_beats": 9, "clonus_s": 2.9, "clonus_scats": 1}, beats=9, seconds=2.9),
        case(None, {"clonus_beats": NONE, "clonus_s": 3, "clonus_scats": 2}, seconds=3),
        case(None, {"clonus_beats": NONE, "clonus_s": 10, "clonus_scats": 2}, seconds=10),
        case(None, {"clonus_beats": NONE, "clonus_s": 10.1, "clonus_scats": 3}, seconds=10.1),
    ],
    ("tendon_reflex", None): [case(2, {"tendon_reflex": 2})],
    ("pendulum", None): [case(88.5, {"pendulum_fsa": 88.5})],
    ("spasticity_nrs", None): [case(0, {"spasticity_nrs": 0}), case(10, {"spasticity_nrs": 10})],
    ("pain_nrs", None): [case(0, {"pain_nrs": 0}), case(10, {"pain_nrs": 10})],
    ("sleep_nrs", None): [case(0, {"sleep_nrs": 0}), case(10, {"sleep_nrs": 10})],
    ("drowsiness_nrs", None): [case(0, {"drowsiness_nrs": 0}), case(10, {"drowsiness_nrs": 10})],
    ("drowsiness_vas", None): [case(0, {"drowsiness_vas": 0}), case(99.5, {"drowsiness_vas": 99.5})],
    ("pgic", "1_best"): [case(1, {"pgic": 1}), case(7, {"pgic": 7})],
    ("pgic", "7_best"): [case(7, {"pgic": 1}), case(1, {"pgic": 7})],
    ("pgic", "plus3_best"): [case(3, {"pgic": 1}), case(0, {"pgic": 4}), case(-3, {"pgic": 7})],
    ("pgic", "minus3_best"): [case(-3, {"pgic": 1}), case(3, {"pgic": 7})],
    ("cgic", "1_best"): [case(2, {"cgic": 2})],
    ("cgic", "7_best"): [case(2, {"cgic": 6})],
    ("cgic", "plus3_best"): [case(2, {"cgic": 2})],
    ("cgic", "minus3_best"): [case(2, {"cgic": 6})],
    ("sci_set", "original"): [
        case(3, {"sci_set": 3}),
        case(-3, {"sci_set": -3}),
        case(-2, {"sci_set": -2}, drop=q(*range(1, 18)), flag="prorated"),
        case(-2, {"sci_set": NONE}, drop=q(*range(1, 19)), flag="too few answers"),
        case(2, {"sci_set": 2}, **dict.fromkeys(q(*range(1, 19)), "N/A"), flag="fewer than half of the items apply"),
        case("NA", {"sci_set": NONE}, flag="fewer than half of the items apply"),
    ],
    ("sci_set", "modified"): [
        case(1, {"sci_set_m": 1}),
        case(-2, {"sci_set_m": -2}),
        case(-2, {"sci_set_m": -2}, drop=q(*range(1, 17)), flag="prorated"),
        case(-2, {"sci_set_m": NONE}, drop=q(*range(1, 18)), flag="too few answers"),
    ],
    ("msss88", None): [
        case(1, msss()),
        case(4, {name: 4 * count for name, count in msss().items()}),
        case(2, msss(stiffness=12) | {name: 2 * n for name, n in msss().items()}, drop=keys("stiffness_", 6),
             flag="prorated"),
        case(1, msss(stiffness=NONE), drop=keys("stiffness_", 7), flag="too few answers"),
        case(1, msss(pain=9), drop=keys("pain_", 4)),
        case(1, msss(pain=NONE), drop=keys("pain_", 5)),
    ],
    ("prism", None): [
        case(0, {"prism_avoidance": 0, "prism_positive": 0, "prism_embarrassment": 0}),
        case(4, {"prism_avoidance": 44, "prism_agitation": 20, "prism_daily": 24, "prism_assistance": 20,
                 "prism_positive": 16, "prism_intervention": 20, "prism_embarrassment": 20}),
        case(3, {"prism_avoidance": 33}, drop=keys("avoidance_", 5), flag="prorated"),
        case(3, {"prism_avoidance": NONE}, drop=keys("avoidance_", 6), flag="too few answers"),
    ],
    ("psqi", None): [
        case(0, {"psqi": 0}, **DOZE),
        case(3, {"psqi": 21}, bedtime="23:00", getup="07:00", hours_sleep=4, latency_min=90, **{"5j_comment": "x"}),
        case(0, {"psqi": NONE, "psqi_medicine": NONE, "psqi_quality": 0}, **DOZE, drop=["medicine"],
             flag="too few answers"),
    ],
    ("isi", None): [
        case(0, {"isi": 0}),
        case(4, {"isi": 28}),
        case(4, {"isi": NONE}, drop=["q7"], flag="too few answers"),
    ],
    ("ess", None): [
        case(0, {"ess": 0}),
        case(3, {"ess": 24}),
        case(3, {"ess": NONE}, drop=["q1"], flag="too few answers"),
    ],
    ("promis_sd", "8b"): [
        case(1, {"promis_sd_8b": 28.9, "promis_sd_8b_raw": 8}, satisfied=5, refreshing=5, enough_sleep=5, quality=5),
        case(5, {"promis_sd_8b": 76.5, "promis_sd_8b_raw": 40}, satisfied=1, refreshing=1, enough_sleep=1, quality=1),
    ],
    ("promis_sd", "8b_printed"): [
        case(1, {"promis_sd_8b": 28.9, "promis_sd_8b_raw": 8}),
        case(5, {"promis_sd_8b": 76.5, "promis_sd_8b_raw": 40}),
        case(2, {"promis_sd_8b_raw": 18, "promis_sd_8b": 47.9}, drop=["restless", "satisfied", "refreshing"],
             quality=3, flag="prorated"),  # 11 x 8 / 5 = 17.6, rounded up
        case(2, {"promis_sd_8b_raw": NONE, "promis_sd_8b": NONE},
             drop=["restless", "satisfied", "refreshing", "quality", "enough_sleep"], flag="too few answers"),
    ],
    ("csd", None): [
        case(None, {"tst_min": 385, "tib_min": 510, "spasm_awakenings": 0, "sleep_efficiency_dse": 100 * 385 / 450,
                    "sleep_efficiency_tib": 100 * 385 / 510, "awakenings": 2, "dse_min": 450}, **NIGHT),
        case(None, {"tst_min": NONE, "tib_min": NONE, "waso_min": 40}, **(NIGHT | {"attempt": None}),
             flag="clock time missing"),
    ],
    ("t25fw", None): [
        case(None, {"t25fw_s": 8.6, "t25fw_m_per_s": 7.62 / 8.6}, trial_1_s=8.4, trial_2_s=8.8),
        case(None, {"t25fw_s": 8.4, "t25fw_m_per_s": 7.62 / 8.4}, trial_1_s=8.4, flag="one trial only"),
        case(None, {"t25fw_s": NONE, "t25fw_m_per_s": NONE}, unable=1, flag="unable to walk"),
        case(None, {"t25fw_s": NONE, "t25fw_m_per_s": NONE}, trial_1_s=8.4, trial_2_s=400, flag="unable to walk"),
        case(None, {"t25fw_s": 180}, trial_1_s=180, trial_2_s=180),
    ],
    ("10mwt", None): [
        case(None, {"walk_10m_m_per_s": 0.8}, time_s=12.5, timed_distance_m=10),
        case(None, {"walk_10m_m_per_s": 1.12}, time_s=12.5, timed_distance_m=14),
        case(None, {"walk_10m_m_per_s": 0.8}, time_s=12.5, flag="10 m taken for granted"),
        case(None, {"walk_10m_m_per_s": NONE}, time_s=12.5, unable=1, flag="unable to walk"),
    ],
    ("6mwt", None): [case(0, {"walk_6min_m": 0}), case(468, {"walk_6min_m": 468})],
    ("2mwt", None): [case(120.5, {"walk_2min_m": 120.5})],
    ("tug", None): [case(10.8, {"tug_s": 10.8})],
    ("gas", None): [
        case(None, {"gas_t": 50}, **dict.fromkeys(keys("goal_", 10), 0)),
        case(None, {"gas_t": 55}, **dict(zip(keys("goal_", 6), (-2, 0, -1, 2, 0, 1), strict=True)),
             **dict(zip(keys("weight_", 6), (3, 5, 1, 4, 2, 6), strict=True))),
        case(None, {"gas_t": 50 + 30 / 4.8**0.5}, **dict.fromkeys(keys("goal_", 3), 1)),
        case(None, {"gas_t": 50 - 20}, goal_1=-2, weight_1=7),
        case(None, {"gas_t": 50 + 20 / 2.6**0.5}, goal_1=1, goal_2=1, weight_1=1, flag="without a weight count as 1"),
        case(None, {"gas_t": NONE}, goal_1=1, weight_1=0, flag="every weight is 0"),
        case(None, {"gas_t": NONE}, weight_1=3, flag="no goal was rated"),
    ],
    ("msws12", "1"): [
        case(1, {"msws12_v1": 0}),
        case(5, {"msws12_v1": 100}),
        case(3, {"msws12_v1": 50}),
        case(3, {"msws12_v1": 50}, drop=keys("q", 6), flag="prorated"),
        case(3, {"msws12_v1": NONE}, drop=keys("q", 7), flag="too few answers"),
    ],
    ("msws12", "2"): [
        case(1, {"msws12_v2": 0}),
        case(5, {"msws12_v2": 100}, q1=3, q2=3, q3=3),
        case(3, {"msws12_v2": 100 * 22 / 42}, q1=2, q2=2),  # sum 34
        case(3, {"msws12_v2": 100 * 24 / 42}, drop=keys("q", 6), flag="prorated"),
        case(3, {"msws12_v2": NONE}, drop=keys("q", 7), flag="too few answers"),
        case(5, {"msws12_v2": NONE}, flag="was it version 1?"),
    ],
    ("prom", None): [case(-20, {"prom_deg": -20})],
    ("arom", None): [case(20, {"arom_deg": 20})],
    ("edss", None): [case(0, {"edss": 0}), case("6.5", {"edss": 6.5}), case(10, {"edss": 10})],
    ("pdds", None): [case(0, {"pdds": 0}), case(8, {"pdds": 8})],
    ("wisci2", None): [case(20, {"wisci2": 20}), case(0, {"wisci2": 0})],
    ("scim3", None): [
        case(None, {"scim3": 100, "scim3_care": 20, "scim3_sphincter": 40, "scim3_mobility": 40}, **SCIM_BEST),
        case(0, {"scim3": 0, "scim3_care": 0}),
        case(None, {"scim3": NONE, "scim3_care": NONE, "scim3_mobility": 40}, **(SCIM_BEST | {"feeding": None}),
             flag="too few answers"),
    ],
    ("fim", None): [
        case(7, {"fim": 126, "fim_motor": 91, "fim_cognitive": 35}),
        case(1, {"fim": 18, "fim_motor": 13, "fim_cognitive": 5}),
        case(1, {"fim": NONE, "fim_motor": NONE, "fim_cognitive": 5}, drop=["motor_3"], flag="too few answers"),
    ],
    ("barthel", "0-100"): [
        case(None, {"barthel_100": 100}, **BARTHEL_BEST),
        case(0, {"barthel_100": 0}),
        case(0, {"barthel_100": NONE}, drop=["stairs"], flag="too few answers"),
    ],
    ("barthel", "0-20"): [
        case(None, {"barthel_20": 20}, **{key: value // 5 for key, value in BARTHEL_BEST.items()}),
        case(0, {"barthel_20": NONE}, drop=["stairs"], flag="too few answers"),
    ],
    ("isncsci", None): [
        case(0, {"isncsci_touch": 0, "isncsci_pin": 0, "isncsci_uems": 0, "isncsci_lems": 0}),
        case(2, {"isncsci_touch": 112, "isncsci_pin": 112, "isncsci_uems": 20, "isncsci_lems": NONE},
             anal_contraction=1, anal_pressure=1, motor_left_L2="NT"),
    ],
    ("bpi", None): [
        case(0, {"bpi_sev": 0, "bpi_int": 0}),
        case(10, {"bpi_sev": 10, "bpi_int": 10}),
        case(6, {"bpi_sev": NONE, "bpi_int": 6}, drop=["now", *keys("interference_", 3)], flag="too few answers"),
        case(6, {"bpi_sev": 6, "bpi_int": NONE}, drop=keys("interference_", 4)),
    ],
    ("fss", None): [
        case(1, {"fss": 1}),
        case(7, {"fss": 7}),
        case(4, {"fss": 4}, drop=q(1, 2), flag="prorated"),
        case(4, {"fss": NONE}, drop=q(1, 2, 3), flag="too few answers"),
    ],
    ("mfis", None): [
        case(0, {"mfis": 0}),
        case(4, {"mfis": 84, "mfis_physical": 36, "mfis_cognitive": 40, "mfis_psychosocial": 8}),
        case(1, {"mfis": NONE, "mfis_physical": 9, "mfis_cognitive": 10, "mfis_psychosocial": NONE}, drop=["q8"],
             flag="too few answers"),
    ],
    ("mfis5", None): [case(0, {"mfis5": 0}), case(4, {"mfis5": 20}), case(4, {"mfis5": NONE}, drop=["q17"])],
    ("eq5d5l", None): [
        case(1, {"eq5d5l_level_sum": 5, "eq5d5l_vas": 100}, vas=100),
        case(5, {"eq5d5l_level_sum": 25, "eq5d5l_vas": 0}, vas=0),
        case(3, {"eq5d5l_level_sum": NONE, "eq5d5l_vas": 50}, vas=50, drop=["pain"], flag="too few answers"),
    ],
}  # fmt: skip
CASES = [(name, version, one) for (name, version), cases in GOLDEN.items() for one in cases]


def sheet(name, version, fill=None, answers=None, drop=()):
    """One respondent as a wide table."""
    form = instruments.get(name).form(version)
    given = dict.fromkeys(form.keys, fill) | (answers or {}) | dict.fromkeys(drop)
    return pd.DataFrame([{"participant": "P1", "visit": "baseline", "day": 0, **given}]).astype(object)


def test_every_form_has_golden_respondents():
    assert set(GOLDEN) == set(FORMS)


@pytest.mark.parametrize(("name", "version", "one"), CASES)
def test_golden_respondents(name, version, one):
    answers = sheet(name, version, one["fill"], one["answers"], one["drop"])
    scored = instruments.score(answers, name, version=version)
    found = scored.table.set_index("outcome")
    for outcome, value in one["expected"].items():
        assert found.loc[outcome, "value"] == pytest.approx(value, rel=1e-12, nan_ok=True), outcome
    if one["flag"]:
        assert one["flag"] in found["flag"].iloc[0]
    assert len(scored.refused) == 0
    assert list(found.index) == [scale.measure.id for scale in instruments.get(name).form(version).scales]


@pytest.mark.parametrize(("name", "version"), FORMS)
def test_an_impossible_answer_to_any_item_is_refused_and_takes_its_scores_with_it(name, version):
    form = instruments.get(name).form(version)
    first = GOLDEN[name, version][0]
    asked = [item for item in form.items if item.kind != "text"]
    rows = [
        sheet(name, version, first["fill"], first["answers"], set(first["drop"]) - {item.key}).assign(
            visit=item.key,
            **{item.key: item.high + 1 if item.kind in ("integer", "number") and item.high else "nonsense"},
        )
        for item in asked
    ]
    scored = instruments.score(pd.concat(rows, ignore_index=True), name, version=version)
    assert scored.refused["item"].tolist() == scored.refused["visit"].tolist() == [item.key for item in asked]
    assert scored.refused["row"].tolist() == list(range(len(asked)))
    assert scored.refused["rule"].str.startswith("expected ").all()
    found = scored.table.set_index(["outcome", "visit"])
    for scale in form.scales:
        spoilt = found.loc[[(scale.measure.id, item.key) for item in asked if item.key in scale.items]]
        assert spoilt["value"].isna().all()
        assert spoilt["flag"].str.contains("an answer was refused").all()


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_a_wrong_version_is_refused_with_the_choices(name):
    instrument = instruments.get(name)
    answers = pd.DataFrame({"participant": ["P1"], "visit": ["baseline"]})
    if instrument.versions:
        with pytest.raises(MethodError, match=f"{name}: the version changes the number; pass version=`"):
            instruments.score(answers, name)
        with pytest.raises(MethodError, match="version='9' is not known: expected `"):
            instruments.score(answers, name, version="9")
    else:
        with pytest.raises(MethodError, match=f"{name}: it has one version only; leave out version='9'"):
            instruments.score(answers, name, version="9")


@pytest.mark.parametrize(("name", "version"), FORMS)
def test_an_item_too_many_or_too_few_is_an_error_that_names_it(name, version):
    answers = sheet(name, version)
    needed = [item.key for item in instruments.get(name).form(version).items if not item.optional]
    if needed:
        with pytest.raises(DataError, match=f"1 item of the form is not there: `{needed[-1]}`"):
            instruments.score(answers.drop(columns=needed[-1]), name, version=version)
    with pytest.raises(DataError, match="1 column no item of the form: `q99`"):
        instruments.score(answers.assign(q99=1), name, version=version)


@pytest.mark.parametrize("fraction", [0.49, 1.5, 2.5])
def test_fractions_where_whole_numbers_belong_are_refused(fraction):
    scored = instruments.score(sheet("isi", None, 1, {"q3": fraction}), "isi")
    assert scored.refused["item"].tolist() == ["q3"]


@pytest.mark.parametrize(("name", "item", "value"), [
    ("edss", "edss", 0.5), ("edss", "edss", 4.25), ("scim3", "bowel", 3), ("scim3", "bladder", 14),
])  # fmt: skip
def test_values_that_a_scale_skips_are_refused(name, item, value):
    scored = instruments.score(sheet(name, None, 0, {item: value}), name)
    assert scored.refused["item"].tolist() == [item]
    assert scored.refused["rule"].iloc[0].startswith("expected one of 0, ")


def test_a_barthel_answer_that_is_no_multiple_of_five_is_refused():
    scored = instruments.score(sheet("barthel", "0-100", 5, {"bathing": 5, "feeding": 7}), "barthel", version="0-100")
    assert scored.refused["item"].tolist() == ["feeding"]


@pytest.mark.parametrize(("name", "version", "message"), [
    ("promis_sd", "8a", "promis_sd 8a cannot be scored: 8a has other items and another T table"),
    ("tnmas_mal", None, "tnmas_mal cannot be scored: its list of joints is not known here"),
    ("msis29", None, "msis29 cannot be scored: the range of its answers is not on record"),
])  # fmt: skip
def test_what_is_not_known_cannot_be_scored_and_says_so(name, version, message):
    with pytest.raises(MethodError, match=message):
        instruments.score(pd.DataFrame(), name, version=version)


def test_golden_8_the_sci_set_is_a_mean_over_what_applies():
    values = [-2] * 10 + [-1] * 10 + [0] * 5 + [1] * 3 + ["not applicable"] * 7
    answers = sheet("sci_set", "original", answers=dict(zip(keys("q", 35), values, strict=True)))
    row = instruments.score(answers, "sci_set", version="original").table.iloc[0]
    assert row["value"] == pytest.approx(-27 / 28, rel=1e-15)
    assert row["n_items"] == 28
    assert pd.isna(row["flag"])


def test_golden_9_the_walk_in_seconds_feet_and_metres():
    row = instruments.score(sheet("t25fw", None, None, {"trial_1_s": 8.4, "trial_2_s": 8.8}), "t25fw").table
    assert row["value"].tolist() == pytest.approx([8.6, 0.8860465116279070], rel=1e-12)
    assert f"{25 / row['value'].iloc[0]:.3f}" == "2.907"


@pytest.mark.parametrize(("raw", "t"), [(20, 50.1), (8, 28.9), (40, 76.5), (17, 46.7), (33, 63.7)])
def test_golden_10_promis_raw_sums(raw, t):
    base, rest = divmod(raw, 8)
    values = [base + (place < rest) for place in range(8)]
    answers = sheet(
        "promis_sd", "8b_printed", answers=dict(zip(instruments.get("promis_sd").keys("8b"), values, strict=True))
    )
    assert instruments.score(answers, "promis_sd", version="8b_printed").table["value"].tolist() == [t, raw]


def test_the_limit_may_stand_in_for_who_cannot_walk_when_it_is_asked_for():
    found = instruments.score(sheet("t25fw", None, None, {"unable": 1}), "t25fw", unable="limit").table
    assert found["value"].tolist() == [180, pytest.approx(7.62 / 180)]
    assert found["flag"].tolist() == ["unable to walk"] * 2


def test_severity_given_with_frequency_zero_is_set_aside_in_the_open():
    found = instruments.score(sheet("psfs", None, None, {"frequency": 0, "severity": 2}), "psfs").table
    assert found["flag"].iloc[1] == "severity given although the frequency is 0, set aside"
