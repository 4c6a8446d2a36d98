"""Invented studies: a design and a seed in, tables and the planted truth out. No function here takes data."""

from spasticity.simulate.design import Design
from spasticity.simulate.designs import SAMPLE_DESIGN, SAMPLE_SEED, SMALL_DESIGN
from spasticity.simulate.trials import Simulated, trial, write

__all__ = ["SAMPLE_DESIGN", "SAMPLE_SEED", "SMALL_DESIGN", "Design", "Simulated", "trial", "write"]
