"""Directories in the shapes of HSDS 3.1 (Open Referral): pure reading and writing, no database.

`Dataset` holds checked flat rows. `export_json` and `export_csv` write it, `read_json` and `read_csv` read
what strangers send and raise `HsdsRefused` with the line of every problem.
"""

from .csv_form import export_csv, read_csv
from .dataset import Dataset, HsdsRefused, Row, build, of_rows, tidy
from .json_form import export_json, read_json
from .nesting import Nester, flat

__all__ = [
    "Dataset",
    "HsdsRefused",
    "Nester",
    "Row",
    "build",
    "export_csv",
    "export_json",
    "flat",
    "of_rows",
    "read_csv",
    "read_json",
    "tidy",
]
