"""Parts on mobility: who could walk, how fast, with which device, how far joints move, how much therapy is joined."""

from __future__ import annotations

from functools import partial

from spasticity import derive, plot, stats
from spasticity.derive.walks import UNABLE, WALK_OUTCOMES
from spasticity.errors import MethodError
from spasticity.instruments import measure
from spasticity.report.artefacts import figure
from spasticity.report.material import Maker, Material, Part
from spasticity.report.words import caption, label_of, sentence
from spasticity.stats.moves import ABSENT
from spasticity.stats.parts import AMONG, SHARE
from spasticity.wording import number, percent, plural

TESTS = ("t25fw", "10mwt")


def walkers(material: Material, *, test: str) -> Part:
    """Everybody's walk over the visits, with a row for those unable."""
    outcome = WALK_OUTCOMES[test]
    rows = derive.with_unable(material.of_outcome(outcome))
    by = ("arm", "visit") if material.has_comparison else ("visit",)
    whole, result = stats.two_part(rows, outcome, by="visit"), stats.two_part(rows, outcome, by=by)
    drawn = figure(
        plot.walking_by_visit(rows, result, styles=material.styles if material.has_comparison else None),
        name=f"walkers_{test}",
        title=f"{measure(outcome).label}: who could walk, and how fast",
        data=result.frame,
        caption=caption(
            f"{measure(outcome).axis_label}: a line per participant, the geometric mean of those able at each visit, "
            "and a tick for each who was unable, at the end of the axis that is worse",
            result,
            outcome=outcome,
        ),
        method=result.method,
        alt=(
            f"A line per participant over the visits in {label_of(outcome)} on a logarithmic axis, the geometric mean "
            f"in bold, and a row of ticks for those unable. {_shares(whole)}"
        ),
    )
    return Part(items=(drawn,), answer=(_shares(whole),))


def _shares(result: stats.Result) -> str:
    """How many were able at the first and the last visit, and how they walked."""
    share, among = (result.frame[result.frame["term"].eq(term)] for term in (SHARE, AMONG))
    known = measure(str(result.frame["outcome"].iloc[0]))
    said = [
        f"at {row['visit']} {percent(int(row['count']), int(row['n']))} of {int(row['n'])} were able (geometric mean "
        f"{number(mean['estimate'], known.digits + 1)} {known.unit})"
        for (_, row), (_, mean) in zip(share.iloc[[0, -1]].iterrows(), among.iloc[[0, -1]].iterrows(), strict=True)
    ]
    return sentence(f"{known.label}: {'; '.join(said)}")


def devices(material: Material, *, test: str) -> Part:
    """From which device at baseline to which at the primary visit."""
    protocol = material.study.protocol
    first, last = protocol.baseline_visit, protocol.primary_visit
    states = derive.walk_states(material.study, test=test)
    if not states["aid"].notna().any():
        raise MethodError(f"the study has no device and nobody unable in the {test}.")
    result = stats.transitions(states, "aid", first=first, last=last)
    seen = result.frame[result.frame["first"].ne(ABSENT) & result.frame["last"].ne(ABSENT)]
    was, became = (seen[name].eq(UNABLE) for name in ("first", "last"))
    lost, back = (int(seen.loc[moved, "count"].sum()) for moved in (~was & became, was & ~became))
    said = sentence(
        f"from {first} to {last}, {plural(lost, 'participant')} came to be unable and {back} regained walking "
        f"({label_of(WALK_OUTCOMES[test])})"
    )
    drawn = figure(
        plot.transition_matrix(result, visits=(first, last)),
        name=f"devices_{test}",
        title=f"Walking devices at {first} and {last}",
        data=result.frame,
        caption=caption(f"Walking device of each participant at {first} (rows) and at {last} (columns)", result),
        method=result.method,
        alt=f"Matrix of counts from the walking device at {first} to that at {last}, with unable and no result. {said}",
    )
    return Part(items=(drawn,), answer=(said,))


def joints(material: Material) -> Part:
    """Passive angles at baseline before the normal range."""
    visit = material.study.protocol.baseline_visit
    angles = derive.joint_angles(material.study)
    angles = angles[angles["mode"].eq("passive") & angles["visit"].eq(visit)]
    if angles["angle_deg"].notna().sum() == 0:
        raise MethodError(f"the study has no passive joint angles at {visit}.")
    result = stats.describe(angles, by=("visit", "joint", "motion", "side"), value="angle_deg")
    drawn = figure(
        plot.joint_ranges(result),
        name="joint_ranges",
        title=f"Joint angles at {visit}",
        data=result.frame,
        caption=caption(
            f"Passive joint angles at {visit}, left and right, before the normal adult range; the lists that give the "
            "range differ and are weak sources",
            result,
        ),
        method=result.method,
        alt=f"Mean passive joint angles at {visit} on each side with intervals, in front of bands of the normal range.",
    )
    return Part(items=(drawn,))


def window(material: Material) -> Part:
    """Whether people take part more in weeks with less spasticity."""
    weeks = derive.therapy_weeks(material.study)
    if weeks["participation"].notna().sum() == 0 or weeks["spasticity_nrs"].notna().sum() == 0:
        raise MethodError("the study has no therapy sessions with a rating in weeks with a diary.")
    result = stats.repeated_correlation(weeks, "spasticity_nrs", "participation")
    said = sentence(f"participation in therapy with spasticity, week by week: {result.sentence('within person')[:-1]}")
    return Part(answer=(said,))


def makers() -> list[tuple[str, Maker]]:
    """What a section on walking adds from here.

    Returns
    -------
    list of (str, Maker)
    """
    walks: list[tuple[str, Maker]] = [(f"who could walk ({name})", partial(walkers, test=name)) for name in TESTS]
    return [*walks, ("walking devices", partial(devices, test=TESTS[0])), ("joint angles", joints), ("therapy", window)]
