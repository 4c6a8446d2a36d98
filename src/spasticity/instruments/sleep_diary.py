"""The consensus-style sleep diary: its measures and their clock arithmetic."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from spasticity.errors import DataError, listed
from spasticity.instruments.clocks import DAY_MIN, LONG_MIN, clock_minutes, minutes_until
from spasticity.instruments.declarations import Answers, Form, Instrument, Ruled, Scale
from spasticity.instruments.flags import flag_text
from spasticity.instruments.measures import Measure, Threshold
from spasticity.instruments.questions import Item
from spasticity.wording import plural

CLOCKS = ("into_bed", "attempt", "final_awakening", "out_of_bed")


def _usual(value: float, compare: Literal[">=", ">"], meaning: str) -> Threshold:
    return Threshold(
        value=value,
        kind="level",
        compare=compare,
        meaning=meaning,
        source="usual in sleep medicine; source not at hand",
        confirmed=False,
        roles=("band",),
    )


NO_CHANGE = "no responder threshold is known in MS or SCI"
TARGET = _usual(85, ">=", "usual target")
INSOMNIA = _usual(30, ">", "usual cut for insomnia")


def _minutes(name: str, label: str, *cuts: Threshold, better: Literal["lower", "higher"] | None = "lower") -> Measure:
    return Measure(
        id=name,
        label=label,
        unit="min",
        better=better,
        scale="time",
        low=0,
        high=1440,
        digits=0,
        thresholds=cuts,
        unknown=NO_CHANGE,
    )


def _efficiency(name: str, label: str) -> Measure:
    return Measure(
        id=name,
        label=label,
        unit="%",
        better="higher",
        scale="proportion",
        low=0,
        high=100,
        thresholds=(TARGET,),
        unknown=NO_CHANGE,
    )


def _count(name: str, label: str, unknown: str) -> Measure:
    return Measure(id=name, label=label, better="lower", scale="count", low=0, unknown=unknown)


TIB = _minutes("tib_min", "Time in bed", better=None)
SPT = _minutes("spt_min", "Sleep period time", better=None)
TST = _minutes("tst_min", "Total sleep time", better="higher")
SOL = _minutes("sol_min", "Sleep onset latency", INSOMNIA)
WASO = _minutes("waso_min", "Wake after sleep onset", INSOMNIA)
TASAFA = _minutes("tasafa_min", "Time trying to sleep after the final awakening")
DSE = _minutes("dse_min", "Duration of the sleep episode", better=None)
AWAKENINGS = _count("awakenings", "Awakenings per night", NO_CHANGE)
SPASM_AWAKENINGS = _count("spasm_awakenings", "Awakenings from spasm per night", "thresholds are unknown")
EFFICIENCY_TIB = _efficiency("sleep_efficiency_tib", "Sleep efficiency of time in bed")
EFFICIENCY_DSE = _efficiency("sleep_efficiency_dse", "Sleep efficiency of the sleep episode")

DERIVED = (TIB, SPT, TST, SOL, WASO, TASAFA, DSE, EFFICIENCY_TIB, EFFICIENCY_DSE)
REPORTED = (AWAKENINGS, SPASM_AWAKENINGS)


def night_measures(nights: pd.DataFrame) -> pd.DataFrame:
    """The measures of each diary night, from its clock times and reported minutes.

    Parameters
    ----------
    nights : DataFrame
        Shaped like `tables.NIGHTS`: clock times `into_bed`, `attempt`, `final_awakening`, `out_of_bed` (text, HH:MM),
        `sol_min`, `waso_min`, and where asked `awakenings`, `spasm_awakenings`, `tasafa_min`. Without a column
        `tasafa_min` the core diary is meant, and no time is counted after the final awakening.

    Returns
    -------
    DataFrame
        Same rows and index: every other column that is not a clock time, then `tib_min`, `spt_min`, `tst_min`,
        `sol_min`, `waso_min`, `tasafa_min`, `dse_min`, `sleep_efficiency_tib`, `sleep_efficiency_dse` (percent) and
        `flag`, missing where there is nothing to say. A night that lacks a clock time, whose clock times are not in
        order, or that holds more waking than time has no derived value, and its flag says which.

    Raises
    ------
    DataError
        When a column is missing, or a text is not a clock time.

    Notes
    -----
    TIB = out - into bed. SPT = final awakening - (attempt + SOL). TST = SPT - WASO. DSE = SOL + TST + WASO + TASAFA.
    Efficiency is 100 TST / TIB or 100 TST / DSE. Time in bed above 16 hours keeps its value and gets a flag. Ours, with
    no published rule [proposal]: that flag, and that a sleep episode longer than the time in bed has no DSE.

    References
    ----------
    .. [1] Reed & Sacco 2016, J Clin Sleep Med 12:263, doi 10.5664/jcsm.5498 (the two denominators).
    """
    clock = _clocks(nights)
    sol, waso = (nights[name].astype("float64") for name in ("sol_min", "waso_min"))
    tasafa = nights["tasafa_min"].astype("float64") if "tasafa_min" in nights else pd.Series(0.0, index=nights.index)
    values, reasons = _derived(clock, sol, waso, tasafa)
    kept = nights.drop(columns=[*CLOCKS, "sol_min", "waso_min", "tasafa_min", "flag"], errors="ignore")
    return kept.assign(**values, flag=flag_text(reasons))


def _derived(
    clock: pd.DataFrame, sol: pd.Series, waso: pd.Series, tasafa: pd.Series
) -> tuple[dict[str, pd.Series], dict[str, pd.Series]]:
    """The measures of each night by their ids, and the reasons for what is missing or odd."""
    tib, sleepable = _unwrapped(clock)
    spt = sleepable - sol
    tst = spt - waso
    full = spt.le(0) | tst.le(0) | (sol + waso).gt(tib)
    spt, tst = spt.mask(full), tst.mask(full)
    dse = sol + tst + waso + tasafa
    long = dse.gt(tib)
    dse = dse.mask(long)
    values = {"tib_min": tib, "spt_min": spt, "tst_min": tst, "sol_min": sol, "waso_min": waso, "tasafa_min": tasafa}
    values |= {"dse_min": dse, "sleep_efficiency_tib": 100 * tst / tib, "sleep_efficiency_dse": 100 * tst / dse}
    absent = clock.isna().any(axis=1)
    reasons = {
        "clock time missing": absent,
        "clock times out of order": ~absent & tib.isna(),
        "more waking than time in bed": full,
        "longer trying to sleep than in bed": long,
        "SOL or WASO missing": sol.isna() | waso.isna(),
        "over 16 h in bed, AM or PM?": tib.gt(LONG_MIN),
    }
    return values, reasons


def _clocks(nights: pd.DataFrame) -> pd.DataFrame:
    """The four clock times in minutes since midnight."""
    missing = [name for name in (*CLOCKS, "sol_min", "waso_min") if name not in nights]
    if missing:
        raise DataError(
            f"nights: {plural(len(missing), 'column')} missing: {listed(missing, 'and')}; see tables.NIGHTS."
        )
    clock = pd.DataFrame({name: clock_minutes(nights[name]) for name in CLOCKS}, index=nights.index)
    bad = clock.isna() & nights[list(CLOCKS)].notna()
    if bad.to_numpy().any():
        row = bad.any(axis=1).idxmax()
        count = plural(int(bad.to_numpy().sum()), "value is not a clock time", "values are not clock times")
        raise DataError(f"nights: {count}, first at row {row}; expected text such as 22:30, on the 24-hour clock.")
    return clock


def _unwrapped(clock: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Time in bed, and from trying to sleep to the final awakening; missing when the four are not in order."""
    into, attempt, final, out = (clock[name] for name in CLOCKS)
    sleepable = minutes_until(attempt, final)
    tib = minutes_until(into, attempt) + sleepable + minutes_until(final, out)
    # Each step goes forward to the next such time, so four times out of order take more than one day.
    wrong = tib.ge(DAY_MIN) | tib.eq(0)
    return tib.mask(wrong), sleepable.mask(wrong | tib.isna())


def nights(answers: Answers) -> dict[str, Ruled]:
    """The measures of diary nights, for the scoring engine.

    Parameters
    ----------
    answers : mapping of str to array of float, shape (n,)
        Clock times and minutes by item key. When nobody answered `tasafa_min`, the core diary is meant.

    Returns
    -------
    dict of str to Ruled
        By measure id.
    """
    clock = pd.DataFrame({name: answers[name] for name in CLOCKS})
    late = pd.Series(answers["tasafa_min"])
    late = late.fillna(0.0) if late.isna().all() else late
    values, reasons = _derived(clock, pd.Series(answers["sol_min"]), pd.Series(answers["waso_min"]), late)
    why = {words: mask.to_numpy() for words, mask in reasons.items()}
    reported = {one.id: Ruled(answers[one.id]) for one in (*REPORTED, SOL, WASO, TASAFA)}
    return {name: Ruled(value.to_numpy(), why) for name, value in values.items()} | reported


def _form() -> Form:
    minutes = tuple(Item(key=key, kind="number", low=0, high=LONG_MIN) for key in ("sol_min", "waso_min"))
    extra = Item(key="tasafa_min", kind="number", low=0, high=LONG_MIN, optional=True)
    counts = tuple(Item(key=one.id, low=0, high=100, optional=True) for one in REPORTED)
    clocks = tuple(Item(key=key, kind="clock") for key in CLOCKS)
    asked = ("sol_min", "waso_min", "tasafa_min", *(one.id for one in REPORTED))
    rests_on: dict[str, tuple[str, ...]] = {one.id: (*CLOCKS, "sol_min", "waso_min") for one in DERIVED}
    rests_on |= {key: (key,) for key in asked} | {"tib_min": CLOCKS}
    rests_on |= dict.fromkeys(("dse_min", "sleep_efficiency_dse"), (*CLOCKS, *asked[:3]))
    scales = tuple(Scale(measure=one, items=rests_on[one.id], how="rule") for one in (*DERIVED, *REPORTED))
    return Form(items=(*clocks, *minutes, extra, *counts), scales=scales, rule=nights)


INSTRUMENTS = (
    Instrument(
        id="csd",
        name="Consensus Sleep Diary, core (Carney 2012)",
        what="one night: time in bed, asleep and awake",
        who="patient, on waking",
        recall="last night",
        population="all",
        missing="a night is valid when all four clock times are present; 0 awakenings must be stated",
        forms=(_form(),),
        notes=(
            "Sleep efficiency has two denominators, time in bed and the duration of the sleep episode; both are given, "
            "each under its own name.",
            "Sleep onset latency counts from the attempt to sleep, not from getting into bed.",
        ),
        unknown="no responder threshold is known in MS or SCI",
        sources=("Reed & Sacco 2016, J Clin Sleep Med 12:263, doi 10.5664/jcsm.5498",),
        daily=True,
    ),
)
