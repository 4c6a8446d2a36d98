"""Epochs scored asleep, awake or not worn: against the rules written out one epoch at a time."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spasticity import derive
from spasticity.derive import count_scores
from spasticity.errors import DataError, MethodError
from spasticity.tables import EPOCHS


def epochs(counts, *, participant="A", start="2024-03-01T12:00:00Z", epoch_s=60, zone="Europe/London", worn=None):
    """A recording of one person, from its counts."""
    rows = pd.DataFrame({"counts": np.asarray(counts, dtype="float64")})
    moments = pd.Timestamp(start) + pd.to_timedelta(np.arange(len(rows)) * epoch_s, unit="s")
    rows = rows.assign(participant=participant, start_utc=moments, zone=zone, epoch_s=epoch_s, worn=worn)
    return EPOCHS.check(rows.reindex(columns=EPOCHS.names))


def states(scored):
    return "".join({"sleep": "s", "wake": "w"}.get(state, "-") for state in scored["state"].astype(object))


def around(counts, at):
    return counts[at] if 0 <= at < len(counts) else 0.0


def slow_cole_kripke(counts):
    units = [min(count / 100, 300) for count in counts]
    weights = {-4: 106, -3: 54, -2: 58, -1: 76, 0: 230, 1: 74, 2: 67}
    scores = [0.001 * sum(w * around(units, t + k) for k, w in weights.items()) for t in range(len(units))]
    return "".join("s" if score < 1 else "w" for score in scores)


def slow_sadeh(counts, threshold):
    capped = [min(count, 300) for count in counts]
    found = ""
    for t in range(len(capped)):
        window = [around(capped, t + k) for k in range(-5, 6)]
        past = [around(capped, t + k) for k in range(-5, 1)]
        active = sum(50 <= count < 100 for count in window)
        score = 7.601 - 0.065 * np.mean(window) - 1.08 * active - 0.056 * np.array(past).std(ddof=1)
        score -= 0.703 * np.log(capped[t] + 1)
        found += "s" if (score >= 0 if threshold == 0 else score > threshold) else "w"
    return found


def slow_webster(state):
    """Webster's rules on a text of s and w, one stretch at a time."""

    def stretches(text):
        cut, at = [], 0
        while at < len(text):
            end = at
            while end < len(text) and text[end] == text[at]:
                end += 1
            cut.append((text[at], at, end - at))
            at = end
        return cut

    new = list(state)
    runs = stretches(state)
    for (kind, _, length), (after, start, long) in pairwise(runs):
        if kind == "w" and after == "s":
            minutes = 4 if length >= 15 else 3 if length >= 10 else 1 if length >= 4 else 0
            new[start : start + min(minutes, long)] = "w" * min(minutes, long)
    for sleep, wake in ((6, 10), (10, 20)):
        runs = stretches("".join(new))
        for before, here, after in zip(runs, runs[1:], runs[2:], strict=False):
            flanked = before[0] == after[0] == "w" and before[2] >= wake and after[2] >= wake
            if here[0] == "s" and here[2] <= sleep and flanked:
                new[here[1] : here[1] + here[2]] = "w" * here[2]
    return "".join(new)


def test_no_activity_at_all_is_sleep():  # G21: D = 0
    assert states(derive.sleep_wake(epochs(np.zeros(30)))) == "s" * 30


def test_cole_kripke_of_one_burst_is_worked_out_by_hand():
    # 500 counts are 5 units: 0.001 x 230 x 5 = 1.15 wakes its own minute only; every other weight x 5 stays below 1.
    burst = np.zeros(11)
    burst[5] = 500
    assert states(derive.sleep_wake(epochs(burst), rescore=False)) == "sssss" + "w" + "sssss"
    # 1400 counts are 14 units: weights of at least 72 wake: the minute itself, and those with it at t-4, t-1 and t+1.
    burst[5] = 1400
    assert states(derive.sleep_wake(epochs(burst), rescore=False)) == "sssswww" + "ssws"


def test_activity_is_capped_as_activities_of_the_device_are():
    # 300 units x 0.001 x 54 = 16.2: the cap changes nothing here, but 1e9 counts must not overflow into other minutes.
    far = np.zeros(20)
    far[10] = 1e9
    assert states(derive.sleep_wake(epochs(far), rescore=False)) == "s" * 8 + "w" * 7 + "s" * 5


@pytest.mark.parametrize("seed", range(5))
def test_cole_kripke_equals_the_rule_written_out(seed):
    rng = np.random.default_rng(seed)
    counts = rng.choice([0, 0, 0, 50, 300, 900, 40000], 500)
    assert states(derive.sleep_wake(epochs(counts), rescore=False)) == slow_cole_kripke(counts)


@pytest.mark.parametrize(("named", "number"), [("paper", 0), ("actilife", -4), (-1.5, -1.5), (None, 0)])
def test_sadeh_equals_the_rule_written_out(named, number):
    counts = np.random.default_rng(8).choice([0, 0, 0, 3, 49, 50, 99, 100, 250, 900], 800)
    assert states(derive.sleep_wake(epochs(counts), method="sadeh", threshold=named)) == slow_sadeh(counts, number)


def test_sadeh_counts_fifty_as_active_and_a_hundred_not():
    # One minute of 50: MW5 50/11, NAT 1 for the 11 minutes around it. Far away the score is 7.601.
    assert not np.array_equal(
        count_scores.moving_sum(np.array([50.0] + [0.0] * 10), 5, 5),
        count_scores.moving_sum(np.array([100.0] + [0.0] * 10), 5, 5),
    )
    fifty, hundred = np.full(11, 50.0), np.full(11, 100.0)
    # 50s: 7.601 - 3.25 - 11.88 < 0, wake. 100s: 7.601 - 6.5 - 0.703 ln 101 = -2.143, wake; at -4 they differ.
    assert states(derive.sleep_wake(epochs(fifty), method="sadeh", threshold=-4.0))[5] == "w"
    assert states(derive.sleep_wake(epochs(hundred), method="sadeh", threshold=-4.0))[5] == "s"


@given(st.text(alphabet="sw", max_size=120))
def test_webster_equals_the_rules_written_out(text):
    state = np.array([1 if letter == "s" else 0 for letter in text], dtype=np.int8)
    found = "".join("s" if one else "w" for one in count_scores.rescored(state))
    assert found == slow_webster(text)


@given(st.text(alphabet="sw-", max_size=120))
def test_webster_never_makes_sleep_and_leaves_the_unknown(text):
    state = np.array(["w-s".index(letter) for letter in text], dtype=np.int8)
    state = np.array([{"s": 1, "w": 0, "-": -1}[letter] for letter in text], dtype=np.int8)
    found = count_scores.rescored(state)
    assert (found <= state).all()
    assert ((found == -1) == (state == -1)).all()


def test_webster_rules_by_hand():
    def after(text):
        state = np.array([{"s": 1, "w": 0, "-": -1}[letter] for letter in text], dtype=np.int8)
        return "".join({1: "s", 0: "w", -1: "-"}[one] for one in count_scores.rescored(state))

    assert after("wwww" + "sssss") == "wwww" + "wssss"
    assert after("www" + "sssss") == "www" + "sssss"
    assert after("w" * 10 + "sssss") == "w" * 13 + "ss"
    assert after("w" * 15 + "sssss") == "w" * 19 + "s"
    assert after("w" * 4 + "-" + "sss") == "wwww-sss"  # not recorded in between: nothing is known of the wake before
    assert after("s" * 20 + "w" * 12 + "s" * 9 + "w" * 12 + "s" * 20) == "s" * 20 + "w" * 36 + "s" * 17
    # 6 left of 9 after the first rule: within the fourth. With 10 left only the fifth could take them, and 12 < 20.
    assert after("s" * 20 + "w" * 12 + "s" * 10 + "w" * 12 + "s" * 20)[35:42] == "s" * 7
    assert after("s" * 20 + "w" * 20 + "s" * 14 + "w" * 20 + "s" * 20) == "s" * 20 + "w" * 58 + "s" * 16
    assert after("s" * 20 + "w" * 20 + "s" * 15 + "w" * 20 + "s" * 20)[44:55] == "s" * 11


@pytest.mark.parametrize(("epoch_s", "weights"), count_scores.OAKLEY_WEIGHTS.items())
def test_oakley_of_one_burst_spreads_over_its_weights(epoch_s, weights):
    half = len(weights) // 2
    burst = np.zeros(4 * half + 9)
    middle = len(burst) // 2
    burst[middle] = 40 / max(weights) + 1e-9  # the epoch itself is just above the medium threshold
    assert states(derive.sleep_wake(epochs(burst, epoch_s=epoch_s), method="oakley")).count("w") == 1
    burst[middle] = 80 / max(weights)
    low = derive.sleep_wake(epochs(burst, epoch_s=epoch_s), method="oakley", threshold="low")
    assert states(low).count("w") == 0  # at the threshold it is sleep
    burst[middle] = 20.001 / min(weights)
    high = derive.sleep_wake(epochs(burst, epoch_s=epoch_s), method="oakley", threshold="high")
    assert states(high).count("w") == len(weights)


def test_oakley_auto_is_the_mean_of_the_minutes_that_moved():
    counts = np.array([0.0, 3, 4, 100, 0, 50])  # of 60 s: from 4 counts on it moved; 0.88888 x 157 / 3
    found = count_scores.oakley_auto(counts, 60.0, np.zeros(6, dtype=int))
    assert found == pytest.approx([0.88888 * 157 / 3])
    one = derive.sleep_wake(epochs(counts), method="oakley", threshold="auto")
    assert states(one) == states(derive.sleep_wake(epochs(counts), method="oakley", threshold=float(found[0])))
    both = pd.concat([epochs(counts), epochs(counts * 3, participant="B")])
    assert states(derive.sleep_wake(both, method="oakley", threshold="auto"))[:6] == states(one)


def test_scripps_wakes_the_epochs_that_its_weights_reach():
    burst = np.zeros(40)
    burst[20] = 1.001 / (0.204 * 0.0064)
    assert states(derive.sleep_wake(epochs(burst, epoch_s=30), method="scripps")) == "s" * 18 + "w" * 13 + "s" * 9


def test_rows_keep_their_order_and_people_do_not_touch():
    rng = np.random.default_rng(3)
    a, b = rng.choice([0, 900, 4000], 200), rng.choice([0, 900, 4000], 150)
    apart = states(derive.sleep_wake(epochs(a))) + states(derive.sleep_wake(epochs(b, participant="B")))
    both = pd.concat([epochs(a), epochs(b, participant="B")], ignore_index=True)
    shuffled = both.sample(frac=1, random_state=1)
    scored = derive.sleep_wake(shuffled)
    assert list(scored.index) == list(shuffled.index)
    assert states(scored.sort_index()) == apart == states(derive.sleep_wake(both))


def test_a_pause_counts_as_no_activity_and_has_no_state():
    counts = np.full(120, 900.0)
    whole = epochs(counts)
    paused = whole.drop(index=range(40, 60))
    quiet = whole.copy()
    quiet.loc[40:59, "counts"] = 0
    want = states(derive.sleep_wake(quiet, rescore=False))
    assert states(derive.sleep_wake(paused, rescore=False)) == want[:40] + want[60:]
    unknown = whole.copy()
    unknown.loc[40:59, "counts"] = np.nan
    assert states(derive.sleep_wake(unknown, rescore=False)) == want[:40] + "-" * 20 + want[60:]


@given(st.lists(st.sampled_from([0, 0, 0, 60, 400, 5000]), min_size=1, max_size=200), st.integers(0, 200))
def test_splitting_a_recording_changes_nothing(counts, cut):
    whole = epochs(counts)
    cut = min(cut, len(whole))
    parts = pd.concat([whole.iloc[cut:], whole.iloc[:cut]])
    assert states(derive.sleep_wake(parts).sort_index()) == states(derive.sleep_wake(whole))


@pytest.mark.parametrize("rescore", [False, True])
@given(
    st.lists(st.sampled_from([0, 0, 0, 60, 400, 5000]), min_size=1, max_size=200),
    st.integers(0, 199),
    st.integers(0, 199),
)
def test_non_wear_never_adds_sleep(rescore, counts, first, length):
    whole = epochs(counts, worn=True)
    less = whole.copy()
    less.loc[first : first + length, "worn"] = False
    before, after = (np.array(list(states(derive.sleep_wake(one, rescore=rescore)))) for one in (whole, less))
    assert ((after == "s") <= (before == "s")).all()
    assert (after[first : first + length + 1] == "-").all()


@given(st.lists(st.sampled_from([0, 60, 5000]), min_size=1, max_size=100), st.integers(-400, 400))
def test_shifting_by_whole_days_changes_nothing(counts, days):
    later = str(pd.Timestamp("2024-03-01T12:00:00Z") + pd.Timedelta(days=days))
    assert states(derive.sleep_wake(epochs(counts, start=later))) == states(derive.sleep_wake(epochs(counts)))


def slow_non_wear(counts, least, spike, around_zeros, largest):
    """Zeros with short movement in them, the rule written out over stretches."""
    cut, at = [], 0
    while at < len(counts):
        end = at
        while end < len(counts) and (counts[end] == 0) == (counts[at] == 0):
            end += 1
        cut.append([counts[at] == 0, at, end])
        at = end
    still = [zero for zero, start, end in cut for _ in range(start, end)]
    for before, here, after in zip(cut, cut[1:], cut[2:], strict=False):
        short = not here[0] and here[2] - here[1] <= spike and max(counts[here[1] : here[2]]) <= largest
        if short and before[2] - before[1] >= around_zeros and after[2] - after[1] >= around_zeros:
            still[here[1] : here[2]] = [True] * (here[2] - here[1])
    worn, at = [True] * len(counts), 0
    while at < len(counts):
        end = at
        while end < len(counts) and still[end] == still[at]:
            end += 1
        if still[at] and end - at >= least:
            worn[at:end] = [False] * (end - at)
        at = end
    return worn


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("method", "rule"), [("choi", (90, 2, 30, np.inf)), ("troiano", (60, 2, 1, 100))], ids=["choi", "troiano"]
)
def test_non_wear_equals_the_rule_written_out(method, rule, seed):
    rng = np.random.default_rng(seed)
    parts = [
        np.zeros(n) if i % 2 else rng.choice([1, 80, 100, 101, 500], n)
        for i, n in enumerate(rng.choice([1, 1, 2, 2, 3, 20, 29, 30, 31, 59, 60, 90], 60))
    ]
    counts = np.concatenate(parts)
    found = derive.non_wear(epochs(counts), method=method)["worn"]
    assert found.tolist() == slow_non_wear(counts.tolist(), *rule)
    assert not found.all()
    assert found.any()


@pytest.mark.parametrize(("method", "zeros"), [("choi", 90), ("troiano", 60)])
def test_non_wear_begins_at_exactly_its_length(method, zeros):
    for length, worn in ((zeros - 1, True), (zeros, False)):
        counts = np.concatenate((np.full(20, 500.0), np.zeros(length), np.full(20, 500.0)))
        assert (
            derive.non_wear(epochs(counts), method=method)["worn"].tolist()
            == [True] * 20 + [worn] * length + [True] * 20
        )


def test_non_wear_that_is_known_stays_and_what_is_missing_stays_missing():
    rows = epochs([500.0, np.nan, 500.0, 500.0], worn=[False, None, True, None])
    assert derive.non_wear(rows)["worn"].tolist() == [False, pd.NA, True, True]


def test_epochs_are_added_up_to_minutes():
    rows = epochs(np.arange(1.0, 13.0), epoch_s=15)
    rows.loc[5, "counts"] = np.nan
    rows["worn"] = pd.array([True] * 8 + [False, None, True, True], dtype="boolean")
    minutes = derive.longer_epochs(rows)
    assert minutes["counts"].astype(object).where(minutes["counts"].notna(), None).tolist() == [10.0, None, 42.0]
    assert minutes["epoch_s"].tolist() == [60.0] * 3
    assert minutes["worn"].tolist() == [True, True, False]
    assert EPOCHS.check(minutes).equals(minutes)
    late = derive.longer_epochs(rows.iloc[2:])
    assert late["counts"].isna().tolist() == [True, True, False]


def test_periods_of_sleep_by_hand():
    # 4 minutes asleep do not begin a period; 5 do; 9 awake do not end it, 10 do; 159 minutes are too few, 160 are not.
    text = "wwwww" + "ssss" + "wwwww" + "s" * 5 + "w" * 9 + "s" * 146 + "w" * 10 + "s" * 159 + "w" * 10
    rows = epochs(np.zeros(len(text))).assign(
        state=pd.Categorical([{"s": "sleep", "w": "wake"}[letter] for letter in text], ["sleep", "wake"])
    )
    found = derive.sleep_periods(rows)
    assert found["minutes"].tolist() == [160]
    assert found["start_utc"].tolist() == [pd.Timestamp("2024-03-01T12:14:00Z")]
    assert found["end_utc"].tolist() == [pd.Timestamp("2024-03-01T14:54:00Z")]
    naps = derive.sleep_periods(rows, period_min=100)
    assert naps["minutes"].tolist() == [160, 159]
    lost = rows.copy()
    lost.loc[100:102, "state"] = pd.NA  # not known: the period ends there and another begins
    assert derive.sleep_periods(lost, period_min=50)["minutes"].tolist() == [86, 71, 159]
    assert derive.sleep_periods(rows.iloc[:0]).empty


@pytest.mark.parametrize(
    ("change", "call", "said"),
    [
        ({}, {"method": "cole kripke"}, "did you mean `cole-kripke`"),
        ({"epoch_s": 30}, {}, "made for epochs of 60 s, these have 30 s"),
        ({"epoch_s": 30}, {"method": "scripps", "rescore": True}, "Webster's rules are for epochs of 60 s"),
        ({}, {"threshold": 3}, "cole-kripke has one threshold only"),
        ({}, {"method": "sadeh", "threshold": "article"}, "threshold of sadeh='article' is not known"),
        ({}, {"method": "oakley", "threshold": "mid"}, "threshold of oakley='mid' is not known"),
    ],
)
def test_what_a_score_does_not_take_is_refused(change, call, said):
    with pytest.raises(MethodError, match=said):
        derive.sleep_wake(epochs(np.zeros(20), **change), **call)


def test_overlapping_and_mixed_epochs_are_refused():
    twice = pd.concat([epochs(np.zeros(5)), epochs(np.zeros(5), start="2024-03-01T12:02:30Z")], ignore_index=True)
    with pytest.raises(DataError, match="5 epochs of one participant overlap, first at row 5") as caught:
        derive.sleep_wake(twice)
    assert sorted(caught.value.failures["row"]) == [3, 4, 5, 6, 7]
    mixed = pd.concat([epochs(np.zeros(5)), epochs(np.zeros(5), participant="B", epoch_s=30)])
    with pytest.raises(MethodError, match="2 lengths, from 30 to 60 s"):
        derive.non_wear(mixed)
    with pytest.raises(MethodError, match="expected a multiple of the present 60 s"):
        derive.longer_epochs(epochs(np.zeros(5)), 90)
    with pytest.raises(MethodError, match=r"score them with derive\.sleep_wake first"):
        derive.sleep_periods(epochs(np.zeros(5)))


def test_nothing_recorded_gives_nothing():
    none = EPOCHS.empty()
    assert len(derive.sleep_wake(none)) == len(derive.non_wear(none)) == 0
