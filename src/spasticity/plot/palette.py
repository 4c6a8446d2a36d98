"""Colours, markers and lines that stay apart in grey and for every colour vision.

The colours start from Okabe & Ito (2008); see `tests/plot/test_plot_palette.py` for the distances.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from matplotlib.colors import LinearSegmentedColormap, to_hex

from spasticity.errors import MethodError, listed

INK = "#000000"
SOFT_INK = "#555555"  # notes and second-rank text; contrast 7.5 on white
RULE = "#9A9A9A"  # reference lines and hatching
SHADE = "#EAEAEA"  # night, and other ground that data lie on
PERSON = "#A9BFD3"  # one participant: light, since many lie on each other; no transparency, which EPS has not
FAINT = "#C8C8C8"  # lines that only lead the eye


@dataclass(frozen=True, slots=True)
class MarkStyle:
    """How one arm or cohort is drawn, everywhere.

    Parameters
    ----------
    colour : str
        Hexadecimal.
    marker : str
        As matplotlib names it.
    dash : str or tuple
        Line style as matplotlib names it.
    hollow : bool
        Whether the marker is white inside.
    """

    colour: str
    marker: str
    dash: Any
    hollow: bool = False

    @property
    def line(self) -> dict[str, Any]:
        """Options for a line with markers."""
        return {"color": self.colour, "linestyle": self.dash, **self.mark}

    @property
    def mark(self) -> dict[str, Any]:
        """Options for markers alone."""
        face = "white" if self.hollow else self.colour
        return {"color": self.colour, "marker": self.marker, "markerfacecolor": face, "markeredgecolor": self.colour}


REFERENCE = MarkStyle("#8C8C8C", "s", (0, (3.2, 1.4)), hollow=True)
# Blue and black of Okabe & Ito; vermillion darkened until it is 12 L* from blue in grey, light colours left out
# because a thin line needs a contrast of 3 on white. From the fourth on, grey no longer tells colours apart, but
# marker and line still do.
OTHERS = (
    MarkStyle("#0072B2", "o", "-"),
    MarkStyle("#000000", "^", (0, (6, 1.4, 1, 1.4))),
    MarkStyle("#8A3200", "D", (0, (1, 1))),
    MarkStyle("#009E73", "v", (0, (8, 2))),
    MarkStyle("#AA4499", "P", (0, (3, 1, 1, 1, 1, 1))),
)
COHORTS = (
    MarkStyle("#00543D", "o", "-"),
    MarkStyle("#CC79A7", "D", (0, (3.2, 1.4)), hollow=True),
    MarkStyle("#000000", "^", (0, (1, 1))),
)
# Visits of one group, early to late: one hue that no arm or cohort has, light to dark.
EARLY, LATE = "#9C7FB5", "#2E1145"
MOMENT_MARKS = (
    ("o", (0, (3.2, 1.4))),
    ("s", "-"),
    ("^", (0, (6, 1.4, 1, 1.4))),
    ("D", (0, (1, 1))),
    ("v", (0, (8, 2))),
)
# One hue (CIELAB 255 degrees), lightness L* 95 to 19 in equal steps: grades are ordered, so are the greys they become.
RAMP = ("#E9F3FE", "#ACD3F3", "#70B2E1", "#3291C7", "#0F709E", "#055073", "#023249")
MOST_GRADES = len(RAMP)


def arm_styles(arms: Iterable[str], reference: str | None = None) -> Mapping[str, MarkStyle]:
    """A style for each arm, to hand to every figure of a report.

    Parameters
    ----------
    arms : iterable of str
        In the order of the protocol.
    reference : str, optional
        The arm the others are compared with: grey, dashed, squares. The first when not said.

    Returns
    -------
    mapping of str to MarkStyle

    Raises
    ------
    MethodError
        When there are more arms than styles that can be told apart, or `reference` is not among them.
    """
    arms = list(dict.fromkeys(arms))
    if reference is None:
        reference = arms[0] if arms else None
    elif reference not in arms:
        raise MethodError(f"reference={reference!r} is not an arm; there are {listed(arms, 'and')}.")
    others = [arm for arm in arms if arm != reference]
    _enough("arms", len(arms), len(OTHERS) + 1)
    fixed = dict(zip(others, OTHERS, strict=False))
    return {arm: fixed.get(arm, REFERENCE) for arm in arms}


def cohort_styles(cohorts: Iterable[str]) -> Mapping[str, MarkStyle]:
    """A style for each cohort, none of which an arm has.

    Parameters
    ----------
    cohorts : iterable of str
        In order, such as `MS`, `SCI`.

    Returns
    -------
    mapping of str to MarkStyle

    Raises
    ------
    MethodError
        When there are more cohorts than styles.
    """
    cohorts = list(dict.fromkeys(cohorts))
    _enough("cohorts", len(cohorts), len(COHORTS))
    return dict(zip(cohorts, COHORTS, strict=False))


def visit_styles(visits: Iterable[str]) -> Mapping[str, MarkStyle]:
    """A style for each visit that is compared within one group, the later the darker; none is that of an arm.

    Parameters
    ----------
    visits : iterable of str
        In order of time.

    Returns
    -------
    mapping of str to MarkStyle

    Raises
    ------
    MethodError
        When there are more visits than styles.
    """
    visits = list(dict.fromkeys(visits))
    _enough("visits", len(visits), len(MOMENT_MARKS))
    ramp = LinearSegmentedColormap.from_list("visits", [EARLY, LATE])
    last = max(len(visits) - 1, 1)
    return {
        visit: MarkStyle(to_hex(ramp(rank / last)).upper(), marker, dash, hollow=rank == 0)
        for rank, (visit, (marker, dash)) in enumerate(zip(visits, MOMENT_MARKS, strict=False))
    }


def grade_ramp(count: int) -> list[str]:
    """Colours of an ordinal scale, light to dark in equal steps of lightness.

    Parameters
    ----------
    count : int
        Number of grades, at most seven: then neighbours are 12 L* apart.

    Returns
    -------
    list of str

    Raises
    ------
    MethodError
        When there are more grades than can be told apart.
    """
    _enough("grades", count, MOST_GRADES)
    ramp = LinearSegmentedColormap.from_list("grades", RAMP)
    return [to_hex(ramp(step / max(count - 1, 1))).upper() for step in range(count)]


def ink_on(colour: str) -> str:
    """White on a colour where it has a contrast of 4, else black.

    Parameters
    ----------
    colour : str

    Returns
    -------
    str
    """
    # Relative luminance of WCAG 2.2: (1 + 0.05) / (0.2125 + 0.05) = 4.
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return INK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.2125 else "#FFFFFF"


def _enough(what: str, asked: int, most: int) -> None:
    if asked > most:
        raise MethodError(f"{asked} {what} cannot be told apart in one figure, {most} can; draw fewer at a time.")
