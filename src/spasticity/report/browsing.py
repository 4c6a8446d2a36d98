"""Leafing through the people of a study, one at a time, in JupyterLab."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import pandas as pd

from spasticity import derive, plot
from spasticity.errors import MethodError
from spasticity.report.artefacts import Figure, figure
from spasticity.study import Study
from spasticity.wording import plural

STEPS = (("← before", "the person before"), ("next →", "the next person"))


def participant_figure(study: Study, participant: str) -> Figure:
    """One person's diary, doses, nights and events as a figure with its numbers and words. Describes data; no advice.

    Parameters
    ----------
    study : Study
    participant : str
        Who.

    Returns
    -------
    Figure
        Its rows are those of one person: keep it where the study is kept.

    Raises
    ------
    DataError
        When the study has nobody of that name.
    MethodError
        When nothing of them was recorded.
    """
    rows = derive.person(study, participant)
    counts = ", ".join(f"{panel}: {plural(len(part), 'row')}" for panel, part in rows.groupby("panel", sort=False))
    return figure(
        plot.participant(rows),
        name=f"participant_{participant}",
        title=f"Participant {participant}",
        data=rows,
        caption=(
            "Everything recorded of one person over study days: dots are days, lines of ratings are means of the 7 "
            "days up to the day when 4 of them were recorded, a gap was not recorded, grey lines are visits. It "
            "describes the log and is not advice."
        ),
        alt=f"Panels of one person's recordings over study days, under each other. {counts}.",
    )


def browse(study: Study) -> Any:
    """Leaf through the people of a study: choose one, or go to the next, and see what was recorded of them.

    Nothing is shown of anybody before this is called, and nothing of it is stored in the notebook but the person shown
    last.

    Parameters
    ----------
    study : Study

    Returns
    -------
    ipywidgets widget

    Raises
    ------
    MethodError
        When the library ipywidgets is not installed.
    """
    try:
        import ipywidgets as widgets
    except ImportError:
        raise MethodError(
            "leafing through people needs the library ipywidgets, which is not installed: pip install 'spasticity[lab]'"
        ) from None
    people = study.participants["participant"].astype(str).tolist()
    who = widgets.Dropdown(options=people, description="Participant")
    before, after = (widgets.Button(description=words, tooltip=tip) for words, tip in STEPS)
    # At its own size: a box stretches what is in it, and a stretched picture is blurred.
    own_size = {"width": "auto", "max_width": "100%", "align_self": "flex-start"}
    shown, words = widgets.Image(format="png", layout=own_size), widgets.HTML()

    def step(by: int) -> None:
        who.value = people[(people.index(who.value) + by) % len(people)]

    def show(*_: Any) -> None:
        shown.value, words.value = picture(study, who.value)

    before.on_click(lambda _: step(-1))
    after.on_click(lambda _: step(1))
    who.observe(show, names="value")
    show()
    return widgets.VBox([widgets.HBox([before, who, after]), words, shown])


def picture(study: Study, participant: str) -> tuple[bytes, str]:
    """What is shown of one person: a picture, or in words why there is none.

    Parameters
    ----------
    study : Study
    participant : str

    Returns
    -------
    tuple of bytes and str
    """
    row = study.participants[study.participants["participant"].eq(participant)].iloc[0]
    facts = ", ".join(str(row[name]) for name in ("cohort", "arm") if pd.notna(row[name]))
    try:
        made = participant_figure(study, participant)
    except MethodError as error:
        return b"", f"{facts}: {error}"
    content = made.image("png", dpi=110)
    plt.close(made.canvas)
    return content, facts
