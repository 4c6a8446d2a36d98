"""Spasticity outcomes: load, derive, model, draw and report.

The rooms are imported when they are used::

    from spasticity import load, derive, stats, plot, report

The package describes research data. It never gives treatment advice.
"""

__version__ = "0.1.0"
