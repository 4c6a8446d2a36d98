"""Numbers that know where they come from."""

from __future__ import annotations


class Given(float):
    """A number with the place it comes from; it calculates like any other number.

    Parameters
    ----------
    value : float
    source : str
        Id of a publication (`S82`), or `invented`, `[proposal]` or `derived`, with a remark after it.
    """

    __slots__ = ("source",)
    source: str

    def __new__(cls, value: float, source: str) -> Given:
        """Keep the source beside the number."""
        given = super().__new__(cls, value)
        given.source = source
        return given

    def __getnewargs__(self) -> tuple[float, str]:  # type: ignore[override]  # a copy keeps its source
        return float(self), self.source


def invented(value: float, why: str = "") -> Given:
    """A number nobody published: chosen so that the study looks plausible.

    Parameters
    ----------
    value : float
    why : str
        What guided the choice.

    Returns
    -------
    Given
    """
    return Given(value, f"invented; {why}" if why else "invented")


NONE = invented(0.0, "none planted")

#: Day and a value; straight lines between them.
Knots = tuple[tuple[int, Given], ...]
