"""The two waists of the package: the outcomes every statistic takes, and the estimates every figure takes."""

from spasticity.schema import Column, Schema
from spasticity.tables.people import COHORT, DAY, PARTICIPANT

OUTCOMES = Schema(
    name="outcomes",
    label="one row per participant, visit and outcome",
    key=("participant", "outcome", "visit"),
    columns=(
        PARTICIPANT,
        COHORT,
        Column(name="arm", kind="text", label="Arm"),
        Column(
            name="visit",
            kind="text",
            label="Visit",
            required=True,
            note="a category in the order of the protocol",
        ),
        DAY,
        Column(
            name="outcome",
            kind="text",
            label="Outcome",
            required=True,
            note="id of a measure in the registry",
        ),
        Column(name="value", kind="number", label="Value"),
        Column(name="baseline", kind="number", label="Baseline", note="the value at the baseline visit"),
        Column(name="change", kind="number", label="Change", note="value minus baseline"),
        Column(
            name="percent_change",
            kind="number",
            label="Percent change",
            unit="%",
            note="100 × change / baseline; missing when the baseline is 0",
        ),
        Column(name="n_values", kind="integer", label="Measurements in the value", low=0),
        Column(name="flag", kind="text", label="Flag", note="why a value is missing or unusual"),
    ),
)

ESTIMATES = Schema(
    name="estimates",
    label="one row per estimate; grouping columns such as outcome, visit and arm may stand beside the term",
    columns=(
        Column(name="term", kind="text", label="Term", required=True),
        Column(name="estimate", kind="number", label="Estimate"),
        Column(name="std_error", kind="number", label="Standard error"),
        Column(name="df", kind="number", label="Degrees of freedom"),
        Column(name="statistic", kind="number", label="Statistic"),
        Column(name="p_value", kind="number", label="p", low=0, high=1),
        Column(name="conf_low", kind="number", label="Lower limit"),
        Column(name="conf_high", kind="number", label="Upper limit"),
        Column(name="n", kind="integer", label="Participants", low=0),
    ),
)
