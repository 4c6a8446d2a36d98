"""Write an invented study to a folder: `python -m spasticity.simulate data/sample --raw`."""

from __future__ import annotations

import argparse
from pathlib import Path

from spasticity.simulate.arrival import arrive
from spasticity.simulate.designs import SAMPLE_DESIGN, SAMPLE_SEED, SMALL_DESIGN
from spasticity.simulate.submission import submit
from spasticity.simulate.trials import trial, write

DESIGNS = {"sample": SAMPLE_DESIGN, "small": SMALL_DESIGN}


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m spasticity.simulate", description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--design", choices=DESIGNS, default="sample")
    parser.add_argument("--seed", type=int, default=SAMPLE_SEED)
    parser.add_argument("--overwrite", action="store_true", help="replace files that are there")
    parser.add_argument("--raw", action="store_true", help="also write the study as it would arrive, to FOLDER/raw")
    options = parser.parse_args()
    design, seed = DESIGNS[options.design], options.seed
    folder = write(options.folder, design, seed, overwrite=options.overwrite)
    if options.raw:
        study, raw = trial(design, seed=seed).study, Path(folder) / "raw"
        arrive(study, raw, seed, overwrite=options.overwrite)
        submit(study, raw / "cdisc", seed, overwrite=options.overwrite)


if __name__ == "__main__":
    _main()
