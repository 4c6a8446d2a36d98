"""Sleep stages, scored events and notes of a sleep laboratory: EDF+ and BDF+ files in, checked tables out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from spasticity.errors import DataError, MethodError, one_of
from spasticity.load.casting import assemble, column_reading
from spasticity.load.columns import constant_reading
from spasticity.load.edf_readings import LONGEST_S, grid_of, opened, people, starts
from spasticity.load.gate import Identifiers
from spasticity.load.grid import texts
from spasticity.load.keys import DUPLICATES, Duplicates
from spasticity.study import Loaded
from spasticity.tables import ANNOTATIONS, SCORED_EVENTS, STAGES
from spasticity.wording import plural

TOO_LONG = "a stage of at most 31 days expected"
UNEVEN = "a stage of whole epochs expected; pass epoch_s="
#: Stage, by what is written after the words `sleep stage`; Rechtschaffen and Kales have 3 and 4 where now is N3.
AFTER = {
    "w": "W",
    "wake": "W",
    "0": "W",
    "r": "REM",
    "rem": "REM",
    "5": "REM",
    "m": "",
    "mt": "",
    "?": "",
    "unknown": "",
}
AFTER |= {f"{letter}{number}": f"N{min(number, 3)}" for letter in ("", "n", "s") for number in (1, 2, 3, 4)}
#: What needs no such words.
ALONE = {"wake": "W", "rem": "REM", "n1": "N1", "n2": "N2", "n3": "N3", "movement time": ""}
WORDS = re.compile(r"(?:sleep[ _]+)?stage[ _]*[:=-]?[ _]*(\S+)")

Kinds = Mapping[str, str | tuple[str, str]]


def sleep_annotations(
    path: Path | str,
    *,
    zone: str,
    participant: str,
    clock: str | None = None,
    start: str | None = None,
    records: int | None = None,
    identifiers: Identifiers = "refuse",
) -> Loaded:
    """Every annotation of an EDF+ or BDF+ file, as it was written.

    Parameters
    ----------
    path : Path or str
        Of at most 500 MB; its samples are not looked at.
    zone : str
        IANA name of where the person was recorded, such as `Europe/London`.
    participant : str
        Code of the study, and no name.
    clock : str, optional
        What the recorder's clock showed: the local time, unless it was `utc` or a fixed offset such as `+01:00`.
    start : str, optional
        When the recording began, such as `2024-03-30T22:15:00`, where the date in the header was taken away.
    records : int, optional
        How many data records the file must have, to read what there is of one that was cut.
    identifiers : str or mapping of column to reason
        What to do with what may tell who a person is, in the header and in the texts, as in `load.delimited`.

    Returns
    -------
    Loaded
        Rows as in `tables.ANNOTATIONS`; the index is the number of the annotation in the file.

    Raises
    ------
    DataError
        When it is no such file, it is damaged or was cut, has no annotations, holds identifiers, or begins in an hour
        that the clocks repeat or skip.
    MethodError
        When the zone, the clock or the start is not understood.

    Notes
    -----
    Onsets count seconds from the start, so that only the start is placed on the clock: a night in which the clocks
    change keeps its length.

    References
    ----------
    Kemp & Olivan 2003, Clin Neurophysiol 114:1755.
    """
    file, moment = opened(path, zone=zone, clock=clock, start=start, records=records)
    grid = grid_of(file, file.number)
    readings = [
        *people(participant, zone, len(grid), ANNOTATIONS),
        starts(grid, moment, file.onset_s),
        column_reading(grid.columns["duration"], ANNOTATIONS["duration_s"], place="duration"),
        column_reading(grid.columns["annotation"], ANNOTATIONS["text"], place="annotation"),
    ]
    return assemble(grid, ANNOTATIONS, readings, identifiers=identifiers)


def hypnogram(
    path: Path | str,
    *,
    zone: str,
    participant: str,
    epoch_s: float = 30,
    stages: Mapping[str, str] | None = None,
    clock: str | None = None,
    start: str | None = None,
    records: int | None = None,
    duplicates: Duplicates = "refuse",
    identifiers: Identifiers = "refuse",
) -> Loaded:
    """The sleep stages of an EDF+ file, an epoch a row.

    Parameters
    ----------
    path, zone, participant, clock, start, records, identifiers
        As in `sleep_annotations`.
    epoch_s : float
        Seconds of an epoch. A stage that lasts several is as many rows; one without a duration lasts one.
    stages : mapping of str to str, optional
        What the file's texts mean: `W`, `N1`, `N2`, `N3`, `REM`, or empty for not scored. Without it the standard texts
        of EDF+ are known (`Sleep stage W`, `1` to `4`, `N1` to `N3`, `R`, `M`, `?`), `Stage ...` likewise, and the bare
        words `Wake`, `N1`, `N2`, `N3`, `REM`, `Movement time`.
    duplicates : str
        When an epoch was scored twice: `refuse` the file, keep the `first` or the `last`, or `reject` both.

    Returns
    -------
    Loaded
        Rows as in `tables.STAGES`; the index counts epochs. Annotations that are no stages are left, and counted in
        the note. A stage that is not of whole epochs is rejected.

    Raises
    ------
    DataError
        As in `sleep_annotations`; or when no annotation is a stage.
    MethodError
        When an option is not understood.

    References
    ----------
    Kemp & Olivan 2003, Clin Neurophysiol 114:1755.
    """
    one_of("duplicates", duplicates, DUPLICATES)
    if not 1 <= epoch_s <= 3600:
        raise MethodError(f"epoch_s={epoch_s!r}: expected seconds of an epoch, from 1 to 3600.")
    known = _stage_names(stages)
    file, moment = opened(path, zone=zone, clock=clock, start=start, records=records)
    meant = [known(text) for text in file.text]
    scored = np.array([stage is not None for stage in meant], dtype=bool)
    if not scored.any():
        raise DataError(
            f"{file.name}: none of {plural(len(meant), 'annotation')} is a sleep stage that is known; look at "
            "`load.sleep_annotations`, then pass stages={'text of the file': 'N2', ...}."
        )
    lasting = np.where(np.isnan(file.duration_s) | (file.duration_s == 0), epoch_s, file.duration_s)[scored]
    count, rule = _epochs(lasting, epoch_s)
    which = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    onset = file.onset_s[scored][which] + within * epoch_s
    grid = grid_of(file, np.arange(1, len(which) + 1), np.flatnonzero(scored)[which])
    grid = grid.noting(_left(scored), f"{plural(int(scored.sum()), 'stage')} made {plural(len(which), 'epoch')}")
    faults = {row: rule[stage] for row, stage in enumerate(which) if rule[stage]}
    named = texts([str(stage) for stage in meant if stage is not None])[which]
    readings = [
        *people(participant, zone, len(grid), STAGES),
        starts(grid, moment, onset, faults),
        constant_reading(float(epoch_s), STAGES["epoch_s"], len(grid)),
        column_reading(named, STAGES["stage"], place="annotation"),
    ]
    return assemble(grid, STAGES, readings, duplicates=duplicates, identifiers=identifiers)


def scored_events(
    path: Path | str,
    *,
    kinds: Kinds,
    zone: str,
    participant: str,
    clock: str | None = None,
    start: str | None = None,
    records: int | None = None,
    identifiers: Identifiers = "refuse",
) -> Loaded:
    """Leg movements, arousals and other events that somebody scored in an EDF+ file.

    Parameters
    ----------
    path, zone, participant, clock, start, records, identifiers
        As in `sleep_annotations`.
    kinds : mapping of str to str or tuple of str
        What the file's texts mean: a kind of `tables.SCORED_EVENTS`, of a leg movement with its side, such as
        `{"LM left": ("leg movement", "left"), "EEG arousal": "arousal"}`. Laboratories name leg movements in their own
        ways, and `PLM` is often the whole series, so that nothing is assumed.

    Returns
    -------
    Loaded
        Rows as in `tables.SCORED_EVENTS`; the index is the number of the annotation. Annotations that `kinds` does not
        name are left, and counted in the note.

    Raises
    ------
    DataError
        As in `sleep_annotations`; or when no annotation has such a text.
    MethodError
        When an option is not understood.

    References
    ----------
    Kemp & Olivan 2003, Clin Neurophysiol 114:1755.
    """
    meant = {text: (kind, "") if isinstance(kind, str) else tuple(kind) for text, kind in kinds.items()}
    for kind, side in meant.values():
        one_of("kinds", kind, SCORED_EVENTS["kind"].categories)
        one_of(f"side of {kind}", side, ("", *SCORED_EVENTS["side"].categories))
    file, moment = opened(path, zone=zone, clock=clock, start=start, records=records)
    named = np.array([text in meant for text in file.text], dtype=bool)
    if not named.any():
        raise DataError(
            f"{file.name}: none of {plural(len(named), 'annotation')} has a text that `kinds` names; look at "
            "`load.sleep_annotations` for the texts there are."
        )
    rows = np.flatnonzero(named)
    grid = grid_of(file, file.number[rows], rows).noting(_left(named))
    found = [meant[file.text[row]] for row in rows]
    readings = [
        *people(participant, zone, len(grid), SCORED_EVENTS),
        starts(grid, moment, file.onset_s[rows]),
        column_reading(grid.columns["duration"], SCORED_EVENTS["duration_s"], place="duration"),
        column_reading(texts([kind for kind, _ in found]), SCORED_EVENTS["kind"], place="annotation"),
        column_reading(texts([side for _, side in found]), SCORED_EVENTS["side"], place="annotation"),
    ]
    return assemble(grid, SCORED_EVENTS, readings, identifiers=identifiers)


def _epochs(lasting: np.ndarray, epoch_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Epochs of each stage, at least one, and the rule it breaks."""
    parts = lasting / epoch_s
    rule = np.where(np.abs(parts - np.round(parts)) > 1e-6, UNEVEN, "").astype(object)
    rule[lasting > LONGEST_S] = TOO_LONG
    return np.where(rule == "", np.round(parts), 1).astype(np.int64), rule


def _stage_names(stages: Mapping[str, str] | None) -> Callable[[str], str | None]:
    """What a text of the file means: a stage, empty for not scored, or None for no stage."""
    if stages is not None:
        for stage in stages.values():
            one_of("stages", stage, ("", *STAGES["stage"].categories))
        return dict(stages).get
    return _standard


def _standard(text: str) -> str | None:
    plain = text.casefold().strip()
    after = WORDS.fullmatch(plain)
    return AFTER.get(after[1]) if after else ALONE.get(plain)


def _left(used: np.ndarray) -> str:
    rest = int(len(used) - used.sum())
    return f"{plural(rest, 'annotation')} of other kinds left" if rest else ""
