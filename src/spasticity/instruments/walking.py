"""Walking tests: times and speeds."""

from __future__ import annotations

import numpy as np

from spasticity.instruments.declarations import Answers, Form, Instrument, Ruled, Scale, single
from spasticity.instruments.measures import Measure, Threshold, ThresholdKind
from spasticity.instruments.questions import Item

TWENTY = "MS: 20 % change, NINDS CDE notice on the test; Motl et al. 2017 (doi 10.1177/1352458517690823)"


def _benchmark(seconds: float) -> Threshold:
    return Threshold(
        value=seconds,
        kind="level",
        meaning=f"benchmark of {seconds:g} s or slower",
        source="MS: Goldman et al. 2013 (doi 10.1212/01.wnl.0000436065.97642.d2)",
        confirmed=True,
        roles=("band",),
    )


T25FW_S = Measure(
    id="t25fw_s",
    label="Timed 25-foot walk",
    unit="s",
    better="lower",
    scale="time",
    low=0,
    high=180,  # the limit of a trial, NINDS CDE notice on the test
    thresholds=(
        Threshold(
            value=20,
            kind="percent",
            meaning="20 % faster",
            source=TWENTY,
            confirmed=True,
            roles=("responder", "mcid"),
        ),
        _benchmark(6),
        _benchmark(8),
    ),
    unknown="thresholds in spinal cord injury are unknown",
)

T25FW_SPEED = Measure(
    id="t25fw_m_per_s",
    label="Speed over 25 feet",
    unit="m/s",
    better="higher",
    scale="ratio",
    low=0,
    digits=2,
    thresholds=(
        Threshold(
            value=20,
            kind="percent",
            meaning="speed 20 % higher",
            source=f"{TWENTY}; offered for speed as an alternative",
            confirmed=False,
        ),
    ),
    unknown="thresholds in spinal cord injury are unknown",
)

WALK_10M = Measure(
    id="walk_10m_m_per_s",
    label="Speed over 10 metres",
    unit="m/s",
    better="higher",
    scale="ratio",
    low=0,
    digits=2,
    thresholds=(
        Threshold(
            value=0.06,
            kind="points",
            meaning="important change",
            source="SCI: Musselman 2007",
            confirmed=False,
            roles=("responder", "mcid"),
        ),
        Threshold(
            value=0.13,
            kind="points",
            meaning="beyond measurement error",
            source="SCI: Lam 2008, smallest real difference",
            confirmed=False,
            roles=("mdc",),
        ),
    ),
    unknown="the test-specific values of Forrest 2014 are unknown here",
)

FEET_25_M = 7.62  # 25 feet
LIMIT_S = 180  # of one trial, NINDS CDE notice on the test
UNABLE = "unable to walk"
ONE_TRIAL = "one trial only"
ASSUMED = "10 m taken for granted"


def t25fw_times(answers: Answers, *, unable: str) -> dict[str, Ruled]:
    """The mean of two trials, and the speed of that mean.

    Parameters
    ----------
    answers : mapping of str to array of float, shape (n,)
        `trial_1_s`, `trial_2_s`, and `unable` (1 or 0).
    unable : str
        `missing`: no time for who cannot walk; `limit`: the limit of 180 s.

    Returns
    -------
    dict of str to Ruled
    """
    trials = np.array([answers["trial_1_s"], answers["trial_2_s"]])
    too_long = np.nanmax(np.vstack([trials, np.zeros(trials.shape[1])]), axis=0) > LIMIT_S
    cannot = (answers["unable"] == 1) | too_long
    done = np.sum(~np.isnan(trials), axis=0)
    mean = np.nansum(trials, axis=0) / np.where(done > 0, done, np.nan)
    time = np.where(cannot, LIMIT_S if unable == "limit" else np.nan, mean)
    why = {UNABLE: cannot, ONE_TRIAL: ~cannot & (done == 1)}
    return {"t25fw_s": Ruled(time, why), "t25fw_m_per_s": Ruled(FEET_25_M / time, why)}


def speed_10m(answers: Answers) -> dict[str, Ruled]:
    """Speed over the timed distance.

    Parameters
    ----------
    answers : mapping of str to array of float, shape (n,)
        `time_s`, `timed_distance_m` and `unable`.

    Returns
    -------
    dict of str to Ruled
    """
    cannot = answers["unable"] == 1
    unsaid = np.isnan(answers["timed_distance_m"])
    speed = np.where(unsaid, 10, answers["timed_distance_m"]) / answers["time_s"]
    speed = np.where(cannot, np.nan, speed)
    return {"walk_10m_m_per_s": Ruled(speed, {UNABLE: cannot, ASSUMED: unsaid & ~np.isnan(speed)})}


CANNOT = Item(key="unable", low=0, high=1, optional=True)


def _seconds(key: str) -> Item:
    return Item(key=key, kind="number", low=0.1, high=3600)  # a time of 0 is no time; longer than the limit is unable


T25FW = Instrument(
    id="t25fw",
    name="Timed 25-Foot Walk",
    what="walking time over 25 feet (7.62 m)",
    who="timed",
    recall="now",
    population="MS",
    missing="mean of the two completed trials; one trial counts alone and is flagged [proposal]; unable is not missing",
    forms=(
        Form(
            items=(_seconds("trial_1_s"), _seconds("trial_2_s"), CANNOT),
            scales=(
                Scale(measure=T25FW_S, items=("trial_1_s", "trial_2_s", "unable"), how="rule"),
                Scale(measure=T25FW_SPEED, items=("trial_1_s", "trial_2_s", "unable"), how="rule"),
            ),
            rule=t25fw_times,
            options={"unable": ("missing", "limit")},
        ),
    ),
    limits="each trial ends at 180 s",
    notes=(
        "Times are very right-skewed (MSOAC, n = 2,465: mean 9.2, SD 11.0, median 6.1 s): analyse logs or speeds.",
        "A trial above 180 s is recorded as unable.",
    ),
    unknown="thresholds in spinal cord injury are unknown",
    sources=(
        "NINDS CDE notice of copyright, T25-FW; Motl et al. 2017, doi 10.1177/1352458517690823",
        "Kalinowski et al. 2022, doi 10.1177/13524585211017013",
    ),
)

WALK_10 = Instrument(
    id="10mwt",
    name="10-Metre Walk Test",
    what="walking speed over the middle 10 m of a 14 m course",
    who="timed",
    recall="now",
    population="SCI, MS",
    missing="no time, no speed; unable is not missing",
    forms=(
        Form(
            items=(
                _seconds("time_s"),
                Item(key="timed_distance_m", kind="number", low=1, high=500, optional=True),
                CANNOT,
            ),
            scales=(Scale(measure=WALK_10M, items=("time_s", "timed_distance_m", "unable"), how="rule"),),
            rule=speed_10m,
        ),
    ),
    notes=("The distance is not standardised: store the metres that were timed; without them 10 m is taken.",),
    unknown="the test-specific values of Forrest 2014 are unknown here",
    sources=("SCIRE, 10-Metre Walk Test", "Scivoletto et al. 2011, Spinal Cord, doi 10.1038/sc.2010.180"),
)


def _metres(minutes: int, thresholds: tuple[Threshold, ...]) -> Measure:
    return Measure(
        id=f"walk_{minutes}min_m",
        label=f"Distance in {minutes} minutes",
        unit="m",
        better="higher",
        scale="ratio",
        low=0,
        digits=0,
        thresholds=thresholds,
        unknown="no threshold is known",
    )


def _distance(minutes: int, population: str, *thresholds: Threshold, note: str, source: str = "") -> Instrument:
    return Instrument(
        id=f"{minutes}mwt",
        name=f"{minutes}-Minute Walk Test",
        what=f"distance walked in {minutes} minutes",
        who="timed",
        recall="now",
        population=population,
        missing="none",
        forms=single(_metres(minutes, thresholds), Item(key="distance_m", kind="number", low=0, high=2000)),
        unknown="" if thresholds else "no threshold is known",
        notes=(note,),
        sources=(source,) if source else (),
    )


SIX_MINUTES = _distance(
    6,
    "MS, SCI",
    Threshold(
        value=19.7,
        kind="points",
        meaning="minimally important improvement (95 % CI 9.8 to 30.9 m)",
        source="MS: Oosterveer et al. 2022, Mult Scler Relat Disord 57:103438; deterioration 7.2 (-3.3 to 18.2) m",
        confirmed=True,
        roles=("responder", "mcid"),
    ),
    Threshold(
        value=45.8,
        kind="points",
        meaning="beyond measurement error",
        source="SCI: smallest real difference",
        confirmed=False,
        roles=("mdc",),
    ),
    note="The length of the track matters (226.7 against 187.6 m, Scivoletto et al. 2011).",
    source="Oosterveer et al. 2022, Mult Scler Relat Disord 57:103438 (n = 118: 468, SD 112 m)",
)


def _tug_error(value: float, kind: ThresholdKind, source: str) -> Threshold:
    return Threshold(
        value=value, kind=kind, meaning="beyond measurement error", source=source, confirmed=False, roles=("mdc",)
    )


TUG_S = Measure(
    id="tug_s",
    label="Timed up and go",
    unit="s",
    better="lower",
    scale="time",
    low=0,
    thresholds=(
        _tug_error(10.8, "points", "SCI: Lam 2008, smallest real difference"),
        _tug_error(30, "percent", "SCI: Lam 2008, smallest real difference"),
        _tug_error(10.6, "points", "MS: Learmonth 2012"),
    ),
    unknown="an MCID is unknown",
)
TUG = Instrument(
    id="tug",
    name="Timed Up and Go, 3 m",
    what="time to rise, walk 3 m, turn and sit down",
    who="timed",
    recall="now",
    population="MS, SCI",
    missing="none",
    forms=single(TUG_S, _seconds("time_s")),
    unknown="an MCID is unknown",
)

INSTRUMENTS = (T25FW, WALK_10, SIX_MINUTES, _distance(2, "all", note=""), TUG)
