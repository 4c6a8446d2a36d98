"""Formulas become matrices that know their rows, levels and aliased columns."""

import numpy as np
import pandas as pd
import pytest

from spasticity.errors import MethodError
from spasticity.stats.design import Design, independent


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "participant": list("ABCDEF"),
            "arm": ["active", "placebo", "active", "placebo", "other", "other"],
            "cohort": ["MS", "SCI", "SCI", "MS", "MS", "SCI"],
            "baseline": [4.0, 5.0, 6.0, 7.0, 8.0, 9.0],
            "week": [4, 4, 8, 8, 12, 12],
            "change": [1.0, 2.0, 3.0, 4.0, 5.0, 6.5],
        }
    )


def test_treatment_coding_compares_with_the_reference_and_names_read_well(table):
    design = Design.of("change ~ baseline + arm", table, reference={"arm": "placebo"})
    assert design.columns == ("Intercept", "baseline", "arm[active]", "arm[other]")
    assert design.levels == {"arm": ("placebo", "active", "other")}
    assert design.reference == {"arm": "placebo"}
    np.testing.assert_array_equal(design.X[:, 2], [1, 0, 1, 0, 0, 0])
    np.testing.assert_array_equal(design.X[:, 3], [0, 0, 0, 0, 1, 1])
    np.testing.assert_array_equal(design.y, table["change"])
    assert design.averages == {"baseline": 6.5}
    assert design.participants == 6
    assert design.terms == {"Intercept": (0,), "baseline": (1,), "arm": (2, 3)}


def test_text_is_in_alphabetical_order_and_categories_keep_their_own(table):
    assert Design.of("change ~ arm", table).levels["arm"] == ("active", "other", "placebo")
    ordered = table.assign(arm=pd.Categorical(table["arm"], ["placebo", "other", "active"]))
    assert Design.of("change ~ arm", ordered).levels["arm"] == ("placebo", "other", "active")
    chosen = Design.of("change ~ arm", ordered, reference={"arm": "active"})
    assert chosen.levels["arm"] == ("placebo", "other", "active")
    assert chosen.columns == ("Intercept", "arm[placebo]", "arm[other]")


def test_sum_coding_compares_with_the_mean_of_the_levels(table):
    design = Design.of("change ~ arm", table, reference={"arm": "placebo"}, coding="sum")
    assert design.columns == ("Intercept", "arm[placebo]", "arm[active]")
    np.testing.assert_array_equal(design.X[:, 1], [0, 1, 0, 1, -1, -1])
    np.testing.assert_array_equal(design.X[:, 2], [1, 0, 1, 0, -1, -1])
    assert list(Design.of("change ~ arm * cohort", table, coding="sum").terms) == [
        "Intercept",
        "arm",
        "cohort",
        "arm:cohort",
    ]


def test_interactions_are_named_by_both_levels(table):
    design = Design.of("change ~ arm * cohort", table, reference={"arm": "placebo"})
    assert design.columns[-2:] == ("arm[active]:cohort[SCI]", "arm[other]:cohort[SCI]")


def test_rows_left_out_are_counted_by_the_first_variable_they_lack(table):
    table.loc[0, "change"] = np.nan
    table.loc[[0, 1], "baseline"] = np.nan
    table.loc[2, "arm"] = None
    design = Design.of("change ~ baseline + arm", table)
    assert design.left_out == {"change missing": 1, "arm missing": 1, "baseline missing": 1}
    assert list(design.data.index) == [3, 4, 5]
    assert "left out: change missing in 1 row, arm missing in 1 row, baseline missing in 1 row" in design.notes


def test_levels_without_rows_are_dropped_and_told(table):
    table = table.assign(arm=pd.Categorical(table["arm"], ["placebo", "active", "other", "never"]))
    table.loc[table["arm"].eq("other"), "change"] = np.nan
    design = Design.of("change ~ arm", table)
    assert design.levels["arm"] == ("placebo", "active")
    assert "arm: no row is left for `other` and `never`" in design.notes


def test_a_factor_with_one_level_explains_nothing_and_says_so(table):
    design = Design.of("change ~ arm + cohort", table[table["cohort"].eq("MS")])
    assert "cohort: only `MS` occurs, so it explains nothing" in design.notes
    assert design.columns == ("Intercept", "arm[other]", "arm[placebo]")


def test_aliased_columns_are_named_and_kept_out(table):
    table["double"] = 2 * table["baseline"] + 1
    design = Design.of("change ~ baseline + double + arm", table)
    assert design.aliased == ("double",)
    assert "double" not in design.columns
    assert design.X.shape == (6, 4)
    assert "not estimable beside the other terms and left out: `double`" in design.notes


def test_a_cell_nobody_is_in_makes_its_mean_inestimable(table):
    present = table[~(table["arm"].eq("other") & table["cohort"].eq("SCI"))]
    design = Design.of("change ~ arm * cohort", present, reference={"arm": "placebo"})
    assert design.aliased == ("arm[other]:cohort[SCI]",)
    grid = pd.DataFrame({"arm": ["placebo", "other", "other"], "cohort": ["SCI", "MS", "SCI"]})
    np.testing.assert_array_equal(design.estimable(design.full_rows(grid)), [True, True, False])


@pytest.mark.parametrize("coding", ["treatment", "sum"])
@pytest.mark.parametrize("formula", ["change ~ baseline + arm", "change ~ 0 + arm * cohort", "change ~ log(baseline)"])
def test_rows_for_the_data_are_the_matrix_itself(table, formula, coding):
    design = Design.of(formula, table, coding=coding)
    np.testing.assert_allclose(design.rows_for(design.data), design.X, atol=1e-15)


def test_a_transformation_learnt_on_the_data_is_kept_for_new_rows(table):
    design = Design.of("change ~ center(baseline)", table)
    np.testing.assert_allclose(design.rows_for(pd.DataFrame({"baseline": [7.5]})), [[1, 1]])
    assert design.averages == {"baseline": 6.5}
    gaps = table.assign(baseline=[np.nan, 5, 6, 7, 8, 9])
    assert Design.of("change ~ poly(baseline, 2)", gaps).left_out == {"baseline missing": 1}


def test_numbers_in_c_are_levels(table):
    design = Design.of("change ~ C(week)", table)
    assert design.levels == {"week": (4, 8, 12)}
    assert design.columns == ("Intercept", "C(week)[8]", "C(week)[12]")
    np.testing.assert_array_equal(design.rows_for(pd.DataFrame({"week": [12, 4]})), [[1, 0, 1], [1, 0, 0]])


def test_truth_values_and_nullable_numbers_are_understood(table):
    table["walks"] = pd.array([True, False, True, True, False, False], dtype="boolean")
    table["baseline"] = table["baseline"].astype("Float64")
    design = Design.of("change ~ baseline + walks", table)
    assert design.columns == ("Intercept", "baseline", "walks[True]")


def test_the_order_of_rows_does_not_matter(table):
    design = Design.of("change ~ baseline + arm", table)
    shuffled = Design.of("change ~ baseline + arm", table.iloc[::-1])
    assert shuffled.columns == design.columns
    np.testing.assert_array_equal(shuffled.X[::-1], design.X)


def test_independent_columns_come_before_those_that_depend_on_them():
    rng = np.random.default_rng(0)
    base = rng.normal(size=(20, 3)) * [1, 1e6, 1e-6]
    mixed = np.column_stack(
        [base[:, 0], base[:, 0] + base[:, 1], base[:, 1], np.zeros(20), base[:, 2], base.sum(axis=1)]
    )
    np.testing.assert_array_equal(independent(mixed), [0, 1, 4])


def test_nearly_dependent_columns_are_kept_and_exact_sums_of_them_are_not():
    rng = np.random.default_rng(0)
    for tiny in (1e-3, 1e-6, 1e-9):
        first, other = rng.normal(size=(2, 50))
        second = first + tiny * other
        np.testing.assert_array_equal(independent(np.column_stack([first, second, 2 * first + 3 * second])), [0, 1])


def test_a_wide_matrix_keeps_at_most_as_many_columns_as_rows():
    assert len(independent(np.random.default_rng(0).normal(size=(3, 6)))) == 3


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("arm", "needs one outcome before `~`. Write it like"),
        ("change + baseline ~ arm", "needs one outcome before `~`"),
        ("chang ~ arm", "no column `chang`; did you mean `change`\\?"),
        ("change ~ xyz", "no column `xyz`; there are `participant`, `arm`"),
        ("change ~ arm +* cohort", "cannot be read: .* Write it like"),
        ("arm ~ baseline", "the outcome before `~` must be one column of numbers"),
        ("log(change - 2) ~ arm", "the outcome is not a finite number in 2 rows"),
        ("change ~ log(baseline - 4)", "log\\(baseline - 4\\) is not a finite number in 1 row"),
        ("change ~ when", "`when` is a date"),
        ("change ~ nothing(baseline)", "no column `nothing`"),
        ("change ~ poly(baseline, 'x')", "a term cannot be computed"),
    ],
)
def test_a_formula_that_cannot_be_used_says_why(table, formula, message):
    table["when"] = pd.Timestamp("2024-01-01")
    with pytest.raises(MethodError, match=message):
        Design.of(formula, table)


def test_an_unknown_reference_names_the_levels(table):
    with pytest.raises(MethodError, match=r"reference for arm='plcebo' is not known.*did you mean `placebo`"):
        Design.of("change ~ arm", table, reference={"arm": "plcebo"})
    with pytest.raises(MethodError, match="reference='sex' is not known: expected `arm`"):
        Design.of("change ~ arm", table, reference={"sex": "male"})


def test_no_complete_row_is_an_error_with_reasons(table):
    with pytest.raises(MethodError, match="no row has every variable \\(change missing in 6 rows\\)"):
        Design.of("change ~ arm", table.assign(change=np.nan))


def test_rows_to_predict_need_every_variable_and_known_levels(table):
    design = Design.of("change ~ baseline + arm", table)
    with pytest.raises(MethodError, match="have no column `arm`"):
        design.rows_for(pd.DataFrame({"baseline": [5.0]}))
    with pytest.raises(MethodError, match="`arm`: 1 level not in the fit; expected `active`"):
        design.rows_for(pd.DataFrame({"baseline": [5.0], "arm": ["new"]}))
