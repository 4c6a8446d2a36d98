"""Write an invented study to a folder: `python -m spasticity.simulate data/sample`."""

from __future__ import annotations

import argparse

from spasticity.simulate.designs import SAMPLE_DESIGN, SAMPLE_SEED, SMALL_DESIGN
from spasticity.simulate.trials import write

DESIGNS = {"sample": SAMPLE_DESIGN, "small": SMALL_DESIGN}


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m spasticity.simulate", description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--design", choices=DESIGNS, default="sample")
    parser.add_argument("--seed", type=int, default=SAMPLE_SEED)
    parser.add_argument("--overwrite", action="store_true", help="replace files that are there")
    options = parser.parse_args()
    write(options.folder, DESIGNS[options.design], options.seed, overwrite=options.overwrite)


if __name__ == "__main__":
    _main()
