"""Rewrite a file of constraints so that each runtime dependency is pinned to its lower bound in pyproject.toml."""

import re
import sys
import tomllib
from pathlib import Path

pins = Path(sys.argv[1])
wanted = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
lowest = dict(re.findall(r"^([a-z0-9-]+)>=([0-9.]+)", "\n".join(wanted), flags=re.MULTILINE))
# What these need in turn has to be free to be older too; the tools that run the tests stay as pinned.
loose = {*lowest, "contourpy", "fonttools", "kiwisolver", "pillow", "pyparsing", "python-dateutil", "pytz", "wrapt"}
loose |= {"pandas-stubs", "statsmodels"}
lowest["pyparsing"] = "3.1.4"  # matplotlib 3.9 and 3.10 use names that pyparsing 3.3 warns of
kept = [line for line in pins.read_text(encoding="utf-8").splitlines() if line.split("==")[0] not in loose]
pins.write_text("\n".join(kept + [f"{name}=={version}" for name, version in lowest.items()]) + "\n", encoding="utf-8")
