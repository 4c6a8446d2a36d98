"""Everything that has a stored reference agrees with it, and docs/validation.md says so."""

import math

import numpy as np
import pytest

from tests.reference import validation
from tests.reference.validation import PAGE, Comparison


@pytest.mark.parametrize("folder", validation.FOLDERS)
def test_every_number_agrees_with_its_reference(folder):
    found = validation.of_folder(folder)
    broken = [f"{c.statistic} ({c.reference}): {c.largest:.1e} above {c.tolerance:.0e}" for c in found if not c.holds]
    assert found
    assert not broken, "\n".join(broken)


def test_the_validation_page_has_a_row_for_every_comparison():
    written = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [line.split(" | ")[:2] for line in written if line.startswith("| ") and "---" not in line][1:]
    assert rows == [[f"| {c.statistic}", c.reference] for c in validation.comparisons()]


def test_the_tables_of_stored_studies_are_those_of_the_pages():
    assert PAGE.read_text(encoding="utf-8").endswith(validation.studies())
    pages = sorted(validation.METHODS.glob("*.md"))
    assert sum(len(validation.BLOCK.findall(path.read_text(encoding="utf-8"))) for path in pages) >= 8
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert validation.with_blocks(text) == text, path.name


def test_a_comparison_sees_a_difference_a_shape_and_a_missing_number():
    assert Comparison("", "", [1.0, 200.0], [1.0, 202.0], 0.1).largest == pytest.approx(2 / 202)
    assert Comparison("", "", [0.5], [0.4], 0.1).largest == pytest.approx(0.1)
    assert Comparison("", "", [1.0, 2.0], [1.0], 0.1).largest == math.inf
    assert Comparison("", "", [np.nan], [1.0], 0.1).largest == math.inf
    assert Comparison("", "", [np.nan, 1.0], [np.nan, 1.0], 0.1).largest == 0
    assert Comparison("", "", [np.inf, 1.0], [-np.inf, 1.0], 0.1).largest == math.inf
    assert not Comparison("", "", [], [], 0.1).holds
