"""Histories of a drug and what a log of them shows: the truth is written down while the history is made.

Nothing here is imported from the rules that are tried on it. All numbers are invented.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

ENDINGS = ("none", "abrupt", "rapid", "gradual", "partial", "pause", "lost")
MISSING = (0.0, 0.02, 0.10)  # share of days that nobody recorded
MEDICINES = {"N05BA01": "benzodiazepines", "N02AX02": "opioids", "N03AX12": "gabapentinoids", "M03AX01": None}
SYMPTOMS = {"spasms increased": 0, "confusion": 1, "fever": 2, "itching": 3}  # terms and their domain
NOISE = ("headache", "nausea", "fall")


@dataclass
class History:
    """What truly happened to one person, day by day."""

    dose: list[float] = field(default_factory=list)
    phase: list[str] = field(default_factory=list)
    stops: list[dict[str, object]] = field(default_factory=list)

    def add(self, dose: float, days: int, phase: str) -> None:
        self.dose += [dose] * days
        self.phase += [phase] * days


def _stop(history: History, kind: str, whole: float, days: int) -> dict[str, object]:
    last = len(history.dose) - 1
    return {"class": kind, "last_whole_day": last, "stop_day": last + days, "before": whole}


def _down(history: History, whole: float, days: int, rng: np.random.Generator) -> None:
    """Days on the way from the whole dose to none, `days` from the last whole day to the first without."""
    between = days - 1
    levels = np.sort(rng.choice([0.75, 0.6, 0.5, 0.4, 0.25], min(between, int(rng.integers(1, 5))), replace=False))[
        ::-1
    ]
    cuts = np.sort(rng.choice(np.arange(1, between), len(levels) - 1, replace=False)) if len(levels) > 1 else []
    edges = [0, *[int(cut) for cut in cuts], between]
    for level, first, end in zip(levels, edges[:-1], edges[1:], strict=True):
        history.add(float(round(whole * level, 2)), end - first, "taper")


def history(ending: str, route: str, rng: np.random.Generator) -> History:
    """Titration, maintenance, sometimes a rise, and an ending."""
    made = History()
    oral = route == "oral"
    whole = float(rng.choice([30, 45, 60, 80])) if oral else float(rng.integers(20, 60) * 10)
    steps = [step for step in (15, 30, 45, 60) if step < whole] if oral else _rises(whole, rng)
    for step in steps:
        made.add(float(step), 3 if oral else 7, "titration")
    made.add(whole, int(rng.integers(45, 120)), "maintenance")
    if rng.random() < 0.3:
        higher = whole + 20 if oral else round(1.3 * whole)
        made.add(float(whole + (10 if oral else round(0.15 * whole))), int(rng.integers(3, 14)), "re-titration")
        whole = float(higher)
        made.add(whole, int(rng.integers(45, 90)), "maintenance")
    _end(made, ending, whole, oral, rng)
    return made


def _rises(whole: float, rng: np.random.Generator) -> list[float]:
    steps, dose = [], 100.0
    while dose < 0.85 * whole:
        steps.append(round(dose))
        dose *= 1 + rng.uniform(0.15, 0.3)
    return steps


def _end(made: History, ending: str, whole: float, oral: bool, rng: np.random.Generator) -> None:
    abrupt = 3 if oral else 1
    spans = {
        "abrupt": (1, abrupt),
        "rapid": (abrupt + 1, 7),
        "gradual": (8, 28),
    }  # a step held for 28 days would be a new dose to fall from
    if ending in spans:
        low, high = spans[ending]
        days = int(rng.integers(low, high + 1))
        kind = {"abrupt": "complete abrupt", "rapid": "complete rapid", "gradual": "gradual"}[ending]
        made.stops.append(_stop(made, kind, whole, days))
        if days > 1:
            _down(made, whole, days, rng)
        made.add(0.0, int(rng.integers(10, 40)), "off")
    elif ending == "partial":
        made.stops.append(_stop(made, "partial abrupt", whole, 1))
        made.add(float(rng.choice([0.5, 0.4, 0.3])) * whole, int(rng.integers(28, 60)), "maintenance")
    elif ending == "pause":
        made.stops.append(_stop(made, "complete abrupt", whole, 1))
        made.add(0.0, int(rng.integers(1, 11)), "interruption")
        made.add(whole, int(rng.integers(20, 60)), "maintenance")
    elif ending == "lost":
        made.add(np.nan, int(rng.integers(10, 40)), "unknown")


def made_logs(count: int, seed: int) -> dict[str, pd.DataFrame]:
    """So many people: their log, the truth of it, other medicines and events.

    Returns
    -------
    dict of DataFrame
        `daily` as `derive.dose_per_day` gives it; `days` with the true `dose` and `phase` of each day; `stops`;
        `medications`; `events`; `clusters`, the people with planted symptoms after a stop.
    """
    rng = np.random.default_rng(seed)
    days, stops, medicines, events, clusters = [], [], [], [], []
    for number in range(count):
        person = f"L{number:04d}"
        route = "oral" if rng.random() < 0.7 else "intrathecal"
        ending = ENDINGS[number % len(ENDINGS)]
        made = history(ending, route, rng)
        true = pd.DataFrame({"day": np.arange(len(made.dose)), "dose": made.dose, "phase": made.phase})
        missing = MISSING[(number // len(ENDINGS)) % len(MISSING)]
        hidden = rng.random(len(true)) < missing
        days.append(true.assign(participant=person, route=route, ending=ending, missing=missing, hidden=hidden))
        stops += [{"participant": person, "missing": missing, **stop} for stop in made.stops]
        medicines += _medicines(person, len(true), rng)
        found, planted = _events(person, made, rng)
        events += found
        clusters += [person] if planted else []
    table = pd.concat(days, ignore_index=True)
    return {
        "daily": _daily(table),
        "days": table,
        "stops": pd.DataFrame(stops),
        "medications": pd.DataFrame(medicines),
        "events": pd.DataFrame(events),
        "clusters": pd.DataFrame({"participant": clusters}),
    }


def _daily(days: pd.DataFrame) -> pd.DataFrame:
    known = ~days["hidden"] & days["dose"].notna()
    seen = days["dose"].where(known)
    status = np.select([~known, seen > 0], ["unknown", "taken"], "zero documented")
    oral = days["route"] == "oral"
    return pd.DataFrame(
        {
            "participant": days["participant"],
            "drug": "baclofen",
            "route": days["route"],
            "day": days["day"],
            "dose_mg_per_day": seen.where(oral),
            "dose_ug_per_day": seen.where(~oral),
            "status": status,
        }
    )


def _medicines(person: str, length: int, rng: np.random.Generator) -> list[dict[str, object]]:
    rows = []
    for atc in MEDICINES:
        if rng.random() < 0.25:
            first = int(rng.integers(-30, length))
            end = first + int(rng.integers(1, 60)) if rng.random() < 0.6 else None
            rows.append({"participant": person, "medicine": atc, "atc": atc, "start_day": first, "end_day": end})
    return rows


def _events(person: str, made: History, rng: np.random.Generator) -> tuple[list[dict[str, object]], bool]:
    """Some events that mean nothing, and for half of the fast stops symptoms of two domains or a severe one."""
    rows = [(term, int(rng.integers(0, len(made.dose)))) for term in NOISE if rng.random() < 0.3]
    fast = [stop for stop in made.stops if stop["class"] in ("complete abrupt", "complete rapid", "partial abrupt")]
    planted = bool(fast) and rng.random() < 0.5
    if planted:
        first, last = int(fast[0]["last_whole_day"]) + 1, int(fast[0]["stop_day"]) + 3  # type: ignore[call-overload]
        terms = ["seizure"] if rng.random() < 0.5 else list(rng.choice(list(SYMPTOMS), 2, replace=False))
        rows += [(term, int(rng.integers(first, last + 1))) for term in terms]
    events = [{"participant": person, "term": term, "start_day": day, "severity": "moderate"} for term, day in rows]
    return events, planted
