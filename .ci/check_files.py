"""Refuse notebooks with stored outputs, and large files. The arguments are the files to look at."""

import json
import sys
from pathlib import Path

LARGEST = 2_000_000  # bytes: what is larger belongs beside the repository, not in its history for ever
#: The sample's fortnight of minutes at the wrist of four people is text like its other tables, and so larger.
ALLOWED = {"data/sample/epochs.csv": 4_500_000}


def complaints(path):
    """Yield what is wrong with one file."""
    size = path.stat().st_size
    largest = ALLOWED.get(path.as_posix(), LARGEST)
    if size > largest:
        yield f"{path}: {size / 1e6:.1f} MB; files over {largest / 1e6:g} MB stay out of the repository"
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        ran = [i for i, cell in enumerate(cells, 1) if cell.get("outputs") or cell.get("execution_count")]
        if ran:
            yield f"{path}: cells {ran} hold outputs or counts; in JupyterLab: Edit, Clear Outputs of All Cells"


if __name__ == "__main__":
    found = [line for name in sys.argv[1:] if Path(name).is_file() for line in complaints(Path(name))]
    sys.exit("\n".join(found) or 0)
