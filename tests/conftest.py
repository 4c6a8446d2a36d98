"""What holds for every test: no window is opened, and property tests try the same examples each time."""

import os

from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")

# No deadline: a slow machine is no defect. Fuzzing with new examples has commands of its own.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")
