"""MATLAB 5 files: the same values as SciPy's reader, and no damage that does more than an error in words."""

import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import loadmat, savemat

from spasticity.errors import DataError
from spasticity.load import matlab_values
from spasticity.load.matlab_values import variable
from spasticity.load.opening import Content

SHARED = Path(__file__).parents[3] / "shared" / "data" / "recordings"
MADE = {
    "numbers": np.arange(12.0).reshape(3, 4),
    "whole": {kind: np.array([[1, 2], [3, 4]], dtype=kind) for kind in ("int8", "uint8", "int16", "uint16", "int32")},
    "wide": {kind: np.array([5, 7], dtype=kind) for kind in ("uint32", "int64", "uint64", "float32", "bool")},
    "words": "Größe",
    "none": np.zeros(0),
    "one": 3.5,
    "nested": {"inner": {"deep": np.array([1.5, 2.5]), "text": "a"}},
    "several": np.array([{"x": 1.0}, {"x": 2.0}], dtype=object),
}


def read(data, name="data"):
    return variable(Content("made.mat", data), name)


def stored(folder, compressed=False, **values):
    path = folder / "made.mat"
    savemat(path, values or {"data": MADE}, do_compression=compressed)
    return path.read_bytes()


def same(ours, theirs):
    """Whether a value is what SciPy makes of it."""
    if hasattr(theirs, "_fieldnames"):
        assert list(ours) == list(theirs._fieldnames)
        for name in ours:
            same(ours[name], getattr(theirs, name))
    elif isinstance(theirs, np.ndarray) and theirs.dtype == object:
        assert len(ours) == theirs.size
        for one, other in zip(ours, theirs.ravel(), strict=True):
            same(one, other)
    elif isinstance(theirs, str):
        assert ours == theirs
    elif isinstance(theirs, np.ndarray) and theirs.dtype.kind == "U":
        assert ours == "".join(theirs)
    else:
        np.testing.assert_array_equal(np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float))


@pytest.mark.parametrize("compressed", [False, True])
def test_every_kind_of_value_is_what_scipy_reads(tmp_path, compressed):
    data = stored(tmp_path, compressed)
    theirs = loadmat(tmp_path / "made.mat", squeeze_me=True, struct_as_record=False)["data"]
    same(read(data), theirs)


@pytest.mark.needs_shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the reference files are not beside this checkout")
@pytest.mark.parametrize(("file", "name"), [("data", "data"), ("infoForAlgo", "infoForAlgo")])
def test_the_laboratory_file_is_what_scipy_reads(file, name):
    path = SHARED / f"mobgap_HA_001_{file}.mat"
    same(read(path.read_bytes(), name), loadmat(path, squeeze_me=True, struct_as_record=False)[name])


def test_other_variables_are_passed_over_and_a_second_one_is_refused(tmp_path):
    data = stored(tmp_path, other=np.ones(3), data=7.0)
    assert read(data) == 7.0
    with pytest.raises(DataError, match="it has more than one variable `data`"):
        read(data + data[128:])
    with pytest.raises(DataError, match="it has no variable `missing`"):
        read(data, "missing")


def test_a_newer_format_and_other_files_are_refused(tmp_path):
    data = stored(tmp_path)
    with pytest.raises(DataError, match=r"it is a MATLAB 7\.3 file; save it with"):
        read(data[:124] + b"\x00\x02IM" + data[128:])
    for other in (b"", b"text", data[:126] + b"XX" + data[128:], data[:124] + b"\x07\x07IM" + data[128:]):
        with pytest.raises(DataError, match="not a MATLAB file, or it is damaged"):
            read(other)


def test_a_kind_of_number_that_does_not_exist_is_damage(tmp_path):
    """This byte makes SciPy's reader crash."""
    data = bytearray(stored(tmp_path, data=np.arange(9.0)))
    tag = data.index(np.arange(9.0).tobytes()) - 8
    assert data[tag] == 9
    data[tag] = 164
    with pytest.raises(DataError, match="this MATLAB file is damaged"):
        read(bytes(data))


def test_complex_numbers_and_sparse_matrices_are_refused(tmp_path):
    from scipy.sparse import eye_array

    for value in (np.array([1 + 2j]), eye_array(3, format="csc")):
        with pytest.raises(DataError, match="this MATLAB file is damaged"):
            read(stored(tmp_path, data=value))


def test_structures_without_end_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(matlab_values, "DEEPEST", 3)
    with pytest.raises(DataError, match="this MATLAB file is damaged"):
        read(stored(tmp_path, data={"a": {"b": {"c": {"d": {"e": 1.0}}}}}))


def test_what_unpacks_to_too_much_is_not_unpacked(tmp_path, monkeypatch):
    data = stored(tmp_path, compressed=True, data=np.zeros(200_000))
    assert len(data) < 5000
    monkeypatch.setattr(matlab_values, "MAX_BYTES", 100_000)
    with pytest.raises(DataError, match="this MATLAB file is damaged"):
        read(data)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_damage_is_read_or_an_error_in_words(tmp_path_factory, data):
    whole = bytearray(stored(tmp_path_factory.mktemp("mat")))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(128, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(128, len(whole)))
    damaged = bytes(whole[:cut])
    inner = zlib.compress(damaged[128:])
    packed = damaged[:128] + (15).to_bytes(4, "little") + len(inner).to_bytes(4, "little") + inner
    for one in (damaged, packed):
        with suppress(DataError):
            read(one)
