"""Identifiers of every kind planted in 10,000 rows of clinical sentences, and how many of them are found."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from spasticity import privacy
from tests.reference.identifiers.vectors import NEGATIVE, POSITIVE

ROWS = 10_000
POSITIONS = ("{it}", "{it}, {before}", "{before}; {it}", "{before} ({it}) {after}")


@cache
def rows(seed: int = 20261123) -> pd.DataFrame:
    """`text` and `kind` of each row: every vector of every kind at every position, clean sentences elsewhere."""
    rng = np.random.default_rng(seed)
    clean = [sentence for sentence in NEGATIVE if sentence != "10-20-30"]
    texts = [f"{clean[a]}, {clean[b]}" for a, b in rng.integers(len(clean), size=(ROWS, 2))]
    kinds = [""] * ROWS
    planted = [(kind, it, position) for kind, vectors in POSITIVE.items() for it in vectors for position in POSITIONS]
    for place, (kind, it, position) in zip(rng.permutation(ROWS), planted, strict=False):
        before, after = (clean[i] for i in rng.integers(len(clean), size=2))
        texts[place], kinds[place] = position.format(it=it, before=before, after=after), kind
    return pd.DataFrame({"text": texts, "kind": kinds})


@cache
def found() -> pd.DataFrame:
    """By kind: planted, and found as that kind; and false alarms, in rows of no kind."""
    frame = rows()
    texts = frame["text"].tolist()
    seen: dict[int, set[str]] = {}
    for span in privacy.spans(texts):
        seen.setdefault(span.text, set()).add(span.kind)
    hit = [kind in seen.get(place, ()) for place, kind in enumerate(frame["kind"])]
    alarm = [place in seen and not kind for place, kind in enumerate(frame["kind"])]
    counts = (
        frame.assign(hit=hit, alarm=alarm)
        .groupby("kind")
        .agg(rows=("hit", "size"), hit=("hit", "sum"), alarm=("alarm", "sum"))
    )
    return counts.reset_index()
