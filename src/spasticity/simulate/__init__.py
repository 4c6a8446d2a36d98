"""Invented studies: a design and a seed in, tables and the planted truth out. No function here takes data."""

from spasticity.simulate.arrival import arrive
from spasticity.simulate.constants import Given, invented
from spasticity.simulate.design import Design
from spasticity.simulate.designs import SAMPLE_DESIGN, SAMPLE_SEED, SMALL_DESIGN
from spasticity.simulate.people import Arm, Cohort, Enrolment, Site
from spasticity.simulate.planted import effects
from spasticity.simulate.regimens import Oral, Pump
from spasticity.simulate.signals import Counts, Effect, Signal
from spasticity.simulate.submission import submit
from spasticity.simulate.trial_power import Power, power
from spasticity.simulate.trials import Simulated, trial, write

__all__ = [
    "SAMPLE_DESIGN",
    "SAMPLE_SEED",
    "SMALL_DESIGN",
    "Arm",
    "Cohort",
    "Counts",
    "Design",
    "Effect",
    "Enrolment",
    "Given",
    "Oral",
    "Power",
    "Pump",
    "Signal",
    "Simulated",
    "Site",
    "arrive",
    "effects",
    "invented",
    "power",
    "submit",
    "trial",
    "write",
]
