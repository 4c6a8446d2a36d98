"""The instruments of the field as declarations, and one engine that scores them."""

from spasticity.instruments.measures import Measure, Threshold, unknown_measure


def measure(name: str) -> Measure:
    """What an outcome is: label, unit, range, direction of benefit, thresholds.

    Parameters
    ----------
    name : str
        Id of an outcome; one that the registry does not know gets its name as label and no direction.

    Returns
    -------
    Measure
    """
    return unknown_measure(name)


__all__ = ["Measure", "Threshold", "measure"]
