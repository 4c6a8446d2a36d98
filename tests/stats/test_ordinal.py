from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, optimize, special
from scipy import stats as distributions

from spasticity import stats
from spasticity.errors import DataError, MethodError
from spasticity.stats.cumulative_likelihood import Cumulative
from spasticity.stats.cumulative_links import LINKS
from spasticity.stats.ordinal_probabilities import predicted
from spasticity.tables.examination import MAS_GRADES


def trial(people=60, seed=1, effect=-1.0, visits=("week 4", "week 12"), between=1.2):
    """An invented trial of a grade: arms, a baseline, repeated visits."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"participant": [f"P{row:03d}" for row in range(people)]})
    frame["arm"] = pd.Categorical(np.where(np.arange(people) % 2, "drug", "placebo"), ["placebo", "drug"])
    frame["baseline"] = rng.normal(2, 1, people).round(1)
    u = rng.normal(0, between, people)
    parts = []
    for visit in visits:
        latent = frame["baseline"] + effect * frame["arm"].eq("drug") + u + rng.logistic(size=people)
        codes = np.digitize(latent, [0.5, 1.5, 2.3, 3.5])
        grade = pd.Categorical.from_codes(codes, ["0", "1", "1+", "2", "3"], ordered=True)
        parts.append(frame.assign(visit=visit, grade=grade, code=codes.astype(float)))
    return pd.concat(parts, ignore_index=True)


def one_visit(**options):
    frame = trial(**options)
    return frame[frame["visit"] == "week 12"]


def test_two_categories_are_logistic_regression_by_hand_in_every_column():
    rows = pd.DataFrame({"arm": ["placebo"] * 10 + ["drug"] * 10, "value": [1] * 6 + [0] * 4 + [1] * 3 + [0] * 7})
    fit = stats.ordinal(rows, "value ~ arm", reference="placebo")
    log_odds = np.log(3 / 7) - np.log(6 / 4)
    error = np.sqrt(1 / 3 + 1 / 7 + 1 / 6 + 1 / 4)
    row = fit.row("arm[drug]")
    z = 1.959963984540054
    assert row["estimate"] == pytest.approx(log_odds, abs=1e-10)
    assert row["std_error"] == pytest.approx(error, abs=1e-10)
    assert row["statistic"] == pytest.approx(log_odds / error)
    assert row["p_value"] == pytest.approx(2 * distributions.norm.sf(abs(log_odds / error)))
    assert row["conf_low"] == pytest.approx(log_odds - z * error)
    assert row["conf_high"] == pytest.approx(log_odds + z * error)
    assert row["df"] == np.inf
    assert row["n"] == fit.n == 20
    threshold = fit.row("threshold 0|1")
    assert threshold["estimate"] == pytest.approx(np.log(4 / 6), abs=1e-10)
    assert np.isnan(threshold["p_value"])
    assert fit.log_likelihood == pytest.approx(6 * np.log(0.6) + 4 * np.log(0.4) + 3 * np.log(0.3) + 7 * np.log(0.7))
    assert fit.aic == pytest.approx(4 - 2 * fit.log_likelihood)
    assert fit.bic == pytest.approx(2 * np.log(20) - 2 * fit.log_likelihood)
    ratio = fit.odds_ratios().row("drug / placebo")
    assert ratio["estimate"] == pytest.approx((3 / 7) / (6 / 4))
    assert ratio["std_error"] == pytest.approx(ratio["estimate"] * error)
    assert ratio["conf_high"] == pytest.approx(np.exp(log_odds + z * error))
    assert fit.probabilities().frame["estimate"].tolist() == pytest.approx([0.4, 0.6, 0.7, 0.3])


def test_thresholds_alone_are_the_shares_of_the_sample():
    rows = pd.DataFrame({"value": [0, 1, 1, 2, 2, 2, 3, 3, 3, 3]})
    for name, link in LINKS.items():
        fit = stats.ordinal(rows, "value ~ 1", link=name)
        assert fit.frame["estimate"].to_numpy() == pytest.approx(link.quantile(np.array([0.1, 0.3, 0.6])), abs=1e-8)


@pytest.mark.parametrize("link", LINKS)
def test_derivatives_are_those_of_the_likelihood_below_them(link):
    rng = np.random.default_rng(5)
    eta, upper = rng.normal(size=12), rng.normal(size=12) + 1.5
    lower = upper - rng.uniform(0.4, 2, 12)
    likelihood = Cumulative(LINKS[link], np.arange(12) < 3, np.arange(12) > 8, rng.uniform(1, 3, 12))
    h = 1e-5

    def at(e=0.0, a=0.0, b=0.0):
        return likelihood(eta + e, [upper + a, lower + b], 4, further=True)

    def slope(pick, **shift):
        return (pick(at(**shift)) - pick(at(**{name: -value for name, value in shift.items()}))) / (2 * h)

    with np.errstate(all="ignore"):
        here = at()
        for r in range(4):
            assert slope(lambda D, r=r: D.eta[r], e=h) == pytest.approx(here.eta[r + 1], abs=1e-6)
        for c, name in enumerate("ab"):
            for r in range(4):
                assert slope(lambda D, r=r: D.eta[r], **{name: h}) == pytest.approx(here.other[c][r], abs=1e-6)
            for d in range(2):
                pair = here.pairs[min(c, d), max(c, d)]
                for r in range(3):
                    found = slope(lambda D, r=r, d=d: D.other[d][r], **{name: h})
                    assert found == pytest.approx(pair[r], abs=1e-6)


def test_far_tails_keep_their_digits():
    for link in LINKS.values():
        with np.errstate(all="ignore"):
            x = np.array([-30.0, -5.0, 0.3, 5.0, 30.0])
            low, high = link.log_lower(x), link.log_upper(x)
        assert (np.diff(low) >= 0).all()
        assert (np.diff(high) <= 0).all()
        assert np.exp(low) + np.exp(high) == pytest.approx(np.ones(5), abs=1e-14)
    assert LINKS["cauchit"].log_lower(np.array([-1e12]))[0] == pytest.approx(np.log(1 / (np.pi * 1e12)), rel=1e-12)
    assert LINKS["logit"].log_lower(np.array([-800.0]))[0] == -800


def test_odds_of_reversed_grades_are_the_inverse():
    rows = one_visit()
    turned = rows.assign(grade=rows["grade"].cat.reorder_categories(rows["grade"].cat.categories[::-1], ordered=True))
    one, other = (stats.ordinal(part, "grade ~ baseline + arm") for part in (rows, turned))
    assert one.row("arm[drug]")["estimate"] == pytest.approx(-other.row("arm[drug]")["estimate"], abs=1e-9)
    assert one.row("arm[drug]")["p_value"] == pytest.approx(other.row("arm[drug]")["p_value"], abs=1e-9)


def test_the_names_of_grades_and_the_order_of_rows_do_not_matter():
    rows = one_visit()
    first = stats.ordinal(rows, "grade ~ baseline + arm")
    second = stats.ordinal(rows.sample(frac=1, random_state=3), "code ~ baseline + arm")
    assert second.frame["estimate"].to_numpy() == pytest.approx(first.frame["estimate"].to_numpy(), abs=1e-9)
    assert list(first.frame["term"][2:]) == ["threshold 0|1", "threshold 1|1+", "threshold 1+|2", "threshold 2|3"]


def test_frequencies_count_as_rows():
    rows = one_visit()
    doubled = stats.ordinal(pd.concat([rows, rows.assign(participant="Q" + rows["participant"])]), "grade ~ arm")
    weighted = stats.ordinal(rows.assign(times=2), "grade ~ arm", weights="times")
    assert weighted.frame["estimate"].to_numpy() == pytest.approx(doubled.frame["estimate"].to_numpy(), abs=1e-9)
    assert weighted.frame["std_error"].to_numpy() == pytest.approx(doubled.frame["std_error"].to_numpy(), abs=1e-9)
    assert weighted.n == doubled.n == 120
    single = stats.ordinal(rows, "grade ~ arm").frame["std_error"].to_numpy()
    assert weighted.frame["std_error"].to_numpy() == pytest.approx(single / np.sqrt(2), abs=1e-9)


def test_missing_grades_are_left_out_and_counted():
    rows = one_visit()
    holed = rows.assign(grade=rows["grade"].where(np.arange(len(rows)) % 7 != 0))
    fit = stats.ordinal(holed, "grade ~ baseline + arm")
    whole = stats.ordinal(holed.dropna(subset="grade"), "grade ~ baseline + arm")
    assert fit.frame["estimate"].tolist() == whole.frame["estimate"].tolist()
    assert fit.n == 51
    assert "left out: grade missing in 9 rows" in fit.notes


def test_a_grade_that_nobody_has_is_named():
    rows = one_visit()
    rows = rows.assign(grade=rows["grade"].cat.set_categories(MAS_GRADES, ordered=True))
    fit = stats.ordinal(rows, "grade ~ arm")
    assert fit.categories == ("0", "1", "1+", "2", "3")
    assert any("nobody has `4`" in note for note in fit.notes)


def test_probabilities_add_up_and_agree_with_the_cumulative_ones():
    fit = stats.ordinal(one_visit(), "grade ~ baseline + arm")
    each = fit.probabilities().frame.pivot_table(index="arm", columns="category", values="estimate", observed=False)
    above = fit.probabilities(of="at least").frame.pivot_table(
        index="arm", columns="category", values="estimate", observed=False
    )
    assert each.sum(axis=1).to_numpy() == pytest.approx([1, 1])
    assert above["2"].to_numpy() == pytest.approx((each["2"] + each["3"]).to_numpy())
    frame = fit.probabilities().frame
    assert ((frame["conf_low"] < frame["estimate"]) & (frame["estimate"] < frame["conf_high"])).all()
    assert (frame[["conf_low", "conf_high"]] > 0).all(axis=None)
    assert (frame[["conf_low", "conf_high"]] < 1).all(axis=None)


def test_predictions_of_rows_average_to_the_adjusted_probabilities():
    rows = one_visit()
    fit = stats.ordinal(rows, "grade ~ baseline + arm")
    own = fit.predict()
    assert own.sum(axis=1).to_numpy() == pytest.approx(np.ones(60))
    assert list(own.index) == list(rows.index)
    at = pd.DataFrame({"baseline": [rows["baseline"].mean()] * 2, "arm": ["placebo", "drug"]}, index=[7, 3])
    given = fit.predict(at)
    assert list(given.index) == [7, 3]
    assert given.to_numpy().ravel() == pytest.approx(fit.probabilities().frame["estimate"].to_numpy())
    mixed = stats.ordinal_mixed(trial(), "grade ~ baseline + arm")
    typical = mixed.predict(at, person="typical").to_numpy().ravel()
    wanted = {"baseline": at["baseline"].iloc[0]}
    assert typical == pytest.approx(mixed.probabilities(at=wanted, person="typical").frame["estimate"].to_numpy())
    average = mixed.probabilities(at=wanted).frame["estimate"].to_numpy()
    assert mixed.predict(at).to_numpy().ravel() == pytest.approx(average)


def test_errors_of_probabilities_are_those_of_a_simulation_of_the_coefficients():
    fit = stats.ordinal(one_visit(people=200), "grade ~ baseline + arm")
    found = fit.fitted
    rng = np.random.default_rng(1)
    draws = rng.multivariate_normal(found.values, found.covariance, 20_000)
    row = np.array([[1.0, found.grades.design.averages["baseline"], 1.0]])
    edges = special.expit(np.column_stack([draws @ found.grades.edge_rows(row, cut)[0] for cut in range(4)]))
    spread = np.diff(np.column_stack([np.zeros(len(draws)), edges, np.ones(len(draws))]), axis=1).std(axis=0)
    errors = fit.probabilities().frame.query("arm == 'drug'")["std_error"].to_numpy()
    assert errors == pytest.approx(spread, rel=0.05)


def test_profile_limits_are_where_the_likelihood_has_fallen_by_half_a_quantile():
    rows = one_visit(people=30)
    fit = stats.ordinal(rows, "grade ~ arm")
    row = fit.profile("arm[drug]").row("arm[drug]")
    for limit in (row["conf_low"], row["conf_high"]):
        held = rows.assign(offset=limit * rows["arm"].eq("drug").astype(float))
        X, codes = held["offset"].to_numpy(), held["code"].to_numpy().astype(int)

        def loss(cuts, X=X, codes=codes):
            edges = np.r_[-np.inf, np.cumsum(np.r_[cuts[0], np.exp(cuts[1:])]), np.inf]
            return -np.log(special.expit(edges[codes + 1] - X) - special.expit(edges[codes] - X)).sum()

        best = optimize.minimize(loss, np.r_[-1.0, np.zeros(3)], method="BFGS", options={"gtol": 1e-8}).fun
        assert 2 * (fit.log_likelihood + best) == pytest.approx(distributions.chi2.ppf(0.95, 1), abs=1e-5)
    assert row["wald_low"] == pytest.approx(fit.row("arm[drug]")["conf_low"])
    test = fit.test("arm").row("arm")
    assert row["p_value"] == pytest.approx(test["p_value"], abs=1e-7)
    assert np.sign(row["statistic"]) == np.sign(row["estimate"])


def test_a_mixed_model_without_variance_between_people_is_the_fixed_one():
    rng = np.random.default_rng(4)
    rows = trial(people=80, between=0.0)
    rows = rows.assign(grade=rng.permutation(rows["grade"].astype(str)))
    rows["grade"] = pd.Categorical(rows["grade"], ["0", "1", "1+", "2", "3"], ordered=True)
    fit = stats.ordinal_mixed(rows, "grade ~ arm + visit")
    plain = stats.ordinal(rows.drop(columns="participant"), "grade ~ arm + visit")
    if fit.sigma == 0:
        assert fit.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-9)
        assert any("no variance" in note for note in fit.notes)
        assert fit.row("standard deviation between participants")["p_value"] == 1
    else:
        assert fit.log_likelihood >= plain.log_likelihood


def test_the_mixed_model_recovers_what_was_planted():
    fit = stats.ordinal_mixed(trial(people=400, seed=8, between=1.5), "grade ~ baseline + arm + visit", nodes=11)
    for term, truth in {"arm[drug]": -1.0, "baseline": 1.0, "standard deviation between participants": 1.5}.items():
        row = fit.row(term)
        assert abs(row["estimate"] - truth) < 3 * row["std_error"]
    assert fit.row("visit[week 4]")["p_value"] > 0.001
    assert len(fit.intercepts) == fit.n == 400
    assert fit.intercepts["participant"].is_unique
    assert abs(np.average(fit.intercepts["estimate"])) < 0.2
    assert (fit.intercepts["std_error"] < fit.sigma).all()


def test_probabilities_of_the_average_person_are_averaged_over_people():
    fit = stats.ordinal_mixed(trial(people=100, between=2.0), "grade ~ baseline + arm")
    average, typical = (fit.probabilities(of="at least", person=person).frame for person in ("average", "typical"))
    found = fit.fitted
    row = np.array([[1.0, found.grades.design.averages["baseline"], 0.0]])
    eta = found.grades.edge_rows(row, 2)[0] @ found.values[:-1]
    z = np.linspace(-8, 8, 4001)
    mean = integrate.trapezoid(special.expit(-(eta - fit.sigma * z)) * distributions.norm.pdf(z), z)
    here = average.query("arm == 'placebo' and category == '2'")["estimate"].item()
    assert here == pytest.approx(mean, abs=1e-9)
    assert abs(here - 0.5) < abs(typical.query("arm == 'placebo' and category == '2'")["estimate"].item() - 0.5)


def test_partial_proportional_odds_of_a_mixed_model_is_tested():
    rows = trial(people=120, seed=11)
    fit = stats.ordinal_mixed(rows, "grade ~ baseline + arm", nodes=7)
    row = fit.proportional_odds("arm").row("arm")
    larger = stats.ordinal_mixed(rows, "grade ~ baseline + arm", nodes=7, nominal="arm")
    assert row["statistic"] == pytest.approx(2 * (larger.log_likelihood - fit.log_likelihood), abs=1e-8)
    assert row["df"] == 3
    assert "χ²(3) = " in fit.proportional_odds("arm").sentence("arm")
    assert list(fit.test().table()["Term"]) == ["baseline", "arm"]
    with pytest.raises(MethodError, match="effects that differ between thresholds have no single one"):
        larger.contrasts()
    assert larger.probabilities().frame["estimate"].sum() == pytest.approx(2)


def test_too_few_nodes_are_said():
    fit = stats.ordinal_mixed(trial(people=60, between=3.0), "grade ~ arm", nodes=1)
    assert any("the quadrature is not settled: with 3 nodes" in note for note in fit.notes)
    assert "Laplace approximation" in fit.method
    fine = stats.ordinal_mixed(trial(people=60, between=3.0), "grade ~ arm", nodes=15)
    assert not any("quadrature" in note for note in fine.notes)


def test_canonical_outcomes_are_taken_by_outcome_and_visit():
    rows = trial().rename(columns={"code": "value"}).assign(outcome="psfs_frequency")
    fit = stats.ordinal(rows, outcome="psfs_frequency", visit="week 12")
    assert "at week 12 (`value ~ baseline + arm`)" in fit.method
    assert fit.n == 60
    mixed = stats.ordinal_mixed(rows, "value ~ baseline + arm", outcome="psfs_frequency")
    assert mixed.n == 60
    with pytest.raises(MethodError, match="name both `outcome` and `visit`"):
        stats.ordinal(rows, outcome="psfs_frequency")


@pytest.mark.parametrize(
    ("change", "formula", "match"),
    [
        ({"grade": "1"}, "grade ~ arm", "is text, which has no order"),
        ({"code": 1.0}, "code ~ arm", "every row that is used has the same category"),
        ({"code": np.arange(120.0)}, "code ~ arm", "measurements rather than grades"),
        ({}, "grade ~ arm - 1", "the thresholds are the intercepts"),
        ({}, "log(code) ~ arm", "write the column's name before"),
        ({}, "nothing ~ arm", "no column `nothing`"),
    ],
)
def test_responses_that_are_no_grades_are_refused(change, formula, match):
    with pytest.raises(MethodError, match=match):
        stats.ordinal_mixed(trial().assign(**change), formula)


def test_categories_without_an_order_are_refused():
    rows = one_visit()
    with pytest.raises(MethodError, match="its categories have no order"):
        stats.ordinal(rows.assign(grade=rows["grade"].cat.as_unordered()), "grade ~ arm")


def test_a_level_with_one_grade_only_is_separation_and_named():
    rows = one_visit()
    rows.loc[rows["arm"] == "drug", "grade"] = "0"
    with pytest.raises(MethodError, match=r"has no bound, first `arm\[drug\]` \(separation") as error:
        stats.ordinal(rows, "grade ~ arm")
    assert "log_likelihood" in error.value.state
    repeated = trial()
    repeated.loc[repeated["arm"] == "drug", "grade"] = "0"
    with pytest.raises(MethodError, match=r"has no bound, first `arm\[drug\]`"):
        stats.ordinal_mixed(repeated, "grade ~ arm")


def test_repeated_rows_need_the_mixed_model_and_single_rows_the_other():
    with pytest.raises(MethodError, match=r"60 rows repeat a participant.*ordinal_mixed"):
        stats.ordinal(trial(), "grade ~ arm")
    with pytest.raises(MethodError, match=r"none of 60 participants has two rows.*use `stats.ordinal`"):
        stats.ordinal_mixed(one_visit(), "grade ~ arm")


def test_a_baseline_visit_among_the_rows_is_refused():
    rows = trial()
    before = rows[rows["visit"] == "week 4"].assign(visit="baseline", code=lambda frame: frame["baseline"].round())
    both = pd.concat([before.assign(baseline=before["code"]), rows])
    with pytest.raises(MethodError, match="at `baseline` the value of everybody is the baseline itself"):
        stats.ordinal_mixed(both, "code ~ baseline + arm")


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_the_unit_of_a_covariate_does_not_matter(factor):
    rows = trial(people=40)
    one = stats.ordinal_mixed(rows, "grade ~ baseline + arm", nodes=3)
    other = stats.ordinal_mixed(rows.assign(baseline=rows["baseline"] * factor), "grade ~ baseline + arm", nodes=3)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-8)
    assert other.row("baseline")["estimate"] * factor == pytest.approx(one.row("baseline")["estimate"], rel=1e-6)
    assert other.row("arm[drug]")["std_error"] == pytest.approx(one.row("arm[drug]")["std_error"], rel=1e-6)


def test_likelihood_ratios_of_few_people_say_that_they_are_liberal():
    few, more = (stats.ordinal(one_visit(people=people), "grade ~ arm") for people in (40, 42))
    assert "reject a little too often with so few participants (40)" in few.test().method
    assert "reject a little too often with so few participants (40)" in few.profile().method
    assert "too often" not in more.test().method
    assert "too often" not in few.method


def test_wrong_options_are_refused():
    rows = one_visit()
    with pytest.raises(MethodError, match="link='log' is not known"):
        stats.ordinal(rows, "grade ~ arm", link="log")
    with pytest.raises(MethodError, match="nominal='sex' is not known"):
        stats.ordinal(rows, "grade ~ arm", nominal="sex")
    with pytest.raises(DataError, match="1 weight missing, negative or infinite"):
        stats.ordinal(rows.assign(w=np.r_[-1, np.ones(59)]), "grade ~ arm", weights="w")
    with pytest.raises(MethodError, match="odds ratios belong to link='logit'"):
        stats.ordinal(rows, "grade ~ arm", link="probit").odds_ratios()
    with pytest.raises(MethodError, match="two categories have one threshold"):
        stats.ordinal(rows.assign(code=rows["code"] > 2), "code ~ arm").proportional_odds()


def test_a_larger_model_without_a_maximum_leaves_its_test_missing_with_a_note():
    rows = one_visit()
    rows.loc[(rows["arm"] == "drug") & (rows["grade"] == "3"), "grade"] = "2"  # nobody on the drug is at the top
    fit = stats.ordinal(rows, "grade ~ arm")
    test = fit.proportional_odds()
    assert np.isnan(test.row("arm")["p_value"])
    assert np.isnan(test.row("arm")["statistic"])
    (note,) = [note for note in test.notes if note.startswith("arm: the model with an effect at each threshold")]
    assert note.endswith("goes with one grade only)")


def test_the_fit_of_many_rows_is_settled_and_quick_enough_to_be_tried():
    rows = trial(people=4000, visits=tuple(f"week {number}" for number in range(5)))
    fit = stats.ordinal_mixed(rows, "grade ~ baseline + arm", nodes=7)
    assert fit.n == 4000
    assert fit.iterations < 12
    assert abs(fit.sigma - 1.2) < 0.15


def test_errors_of_averaged_probabilities_follow_every_parameter():
    fit = stats.ordinal_mixed(trial(people=80, between=1.8), "grade ~ baseline + arm", nodes=7)
    found = fit.fitted
    row = np.array([[1.0, found.grades.design.averages["baseline"], 1.0]])

    def at(values):
        return predicted(replace(found, values=values), row, "average").to_numpy()[0]

    slopes = []
    for place in range(len(found.values)):
        off = np.zeros(len(found.values))
        off[place] = 1e-5
        slopes.append((at(found.values + off) - at(found.values - off)) / 2e-5)
    slopes = np.array(slopes).T
    expected = np.sqrt(np.einsum("ij,jk,ik->i", slopes, found.covariance, slopes))
    errors = fit.probabilities().frame.query("arm == 'drug'")["std_error"].to_numpy()
    assert errors == pytest.approx(expected, rel=1e-6)
