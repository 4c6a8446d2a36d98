"""How study drugs are meant to be given."""

from __future__ import annotations

from dataclasses import dataclass

from spasticity.simulate.constants import Given


@dataclass(frozen=True, slots=True, kw_only=True)
class Oral:
    """Steps up, a plateau, and the same steps down.

    Parameters
    ----------
    drug : str
    steps : tuple of Given
        Doses in mg per day, ascending.
    step_days : Given
        Days on each step up.
    reach : tuple of Given
        Share of people whose highest dose is that step.
    taper_step_days : Given
        Days on each step down.
    abrupt : Given
        Share of people who stop without a taper when treatment ends.
    """

    drug: str
    steps: tuple[Given, ...]
    step_days: Given
    reach: tuple[Given, ...]
    taper_step_days: Given
    abrupt: Given


@dataclass(frozen=True, slots=True, kw_only=True)
class Pump:
    """Screening boluses, an implant, steps up to a maintenance dose; the pump runs on when the study ends.

    Parameters
    ----------
    drug : str
    boluses : tuple of Given
        Sizes in µg, ascending.
    responds : tuple of Given
        Share of people whose first sufficient bolus it is; the rest get no pump and leave.
    bolus_days, implant_days : Given
        Days from one bolus to the next, and from the last one to the pump.
    first_factor : Given
        First daily dose over the sufficient bolus.
    step_low, step_high : Given
        Range of a step up, as a fraction of the dose.
    step_days : Given
        Days between steps.
    target_low, target_high : Given
        Range of maintenance doses in µg per day.
    failures_per_year : Given
        Interruptions of the infusion per pump-year.
    failure_days : Given
        Days without drug when that happens.
    """

    drug: str
    boluses: tuple[Given, ...]
    responds: tuple[Given, ...]
    bolus_days: Given
    implant_days: Given
    first_factor: Given
    step_low: Given
    step_high: Given
    step_days: Given
    target_low: Given
    target_high: Given
    failures_per_year: Given
    failure_days: Given
