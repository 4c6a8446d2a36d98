"""Several loads of one table as one."""

from __future__ import annotations

import pandas as pd

from spasticity.errors import DataError, MethodError
from spasticity.files import digest
from spasticity.study import Loaded, Source
from spasticity.wording import plural


def stack(*loaded: Loaded) -> Loaded:
    """Loads of the same table, such as the diaries of two sites, one after the other.

    Parameters
    ----------
    *loaded : Loaded
        At least one, all of the same table.

    Returns
    -------
    Loaded
        Each row keeps its place in its own source; repairs and rejects keep the name of theirs.

    Raises
    ------
    DataError
        When a key is in two of them.
    MethodError
        When there is nothing to stack, or the tables differ.
    """
    if not loaded:
        raise MethodError("stack needs at least one loaded table")
    if len(loaded) == 1:
        return loaded[0]
    schema = loaded[0].schema
    if any(item.schema != schema or list(item.table) != list(loaded[0].table) for item in loaded):
        raise MethodError("stack needs loads of one table with the same columns; put other tables into the study apart")
    table = pd.concat([item.table for item in loaded])
    _refuse_shared_keys(table, loaded)
    return Loaded(
        table=table,
        repairs=_joined([item.repairs for item in loaded]),
        rejects=_joined([item.rejects for item in loaded]),
        source=_source([item.source for item in loaded]),
        schema=schema,
        touched=frozenset().union(*(item.touched for item in loaded)),
        identifiers=_joined([item.identifiers for item in loaded]),
    )


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """The frames one below the other; empty ones are left out because they have no say in the dtypes."""
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else frames[0]


def _source(sources: list[Source]) -> Source:
    return Source(
        name=" + ".join(source.name for source in sources),
        sha256=digest("".join(source.sha256 for source in sources).encode("ascii")),
        rows_read=sum(source.rows_read * source.factor for source in sources),
        format=" + ".join(dict.fromkeys(source.format for source in sources)),
        note="; ".join(source.note for source in sources if source.note),
    )


def _refuse_shared_keys(table: pd.DataFrame, loaded: tuple[Loaded, ...]) -> None:
    schema = loaded[0].schema
    if not schema.key:
        return
    twice = table.duplicated(list(schema.key)).to_numpy()
    if not twice.any():
        return
    names = [item.source.name for item in loaded for _ in range(len(item.table))]
    place = int(twice.argmax())
    raise DataError(
        f"{names[place]}: {plural(int(twice.sum()), 'row')} of {schema.name} with a key that another source has, first "
        f"row {table.index[place]:,}; take them out of one source, or give people of different sites different codes."
    )
