"""The consensus-style sleep diary: its measures and their clock arithmetic."""

from typing import Literal

from spasticity.instruments.measures import Measure, Threshold


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

MEASURES = (
    TIB,
    SPT,
    TST,
    SOL,
    WASO,
    TASAFA,
    DSE,
    AWAKENINGS,
    SPASM_AWAKENINGS,
    EFFICIENCY_TIB,
    EFFICIENCY_DSE,
)
