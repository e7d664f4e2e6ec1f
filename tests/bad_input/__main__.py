"""Write the errors below the calls of the tables: ``python -m tests.bad_input [layers.txt ...]``."""

import sys

from tests.bad_input import TABLES, filled, rows
from tests.bad_input.samples import in_sample_folder

with in_sample_folder():
    for path in [p for p in TABLES if p.name in sys.argv[1:] or not sys.argv[1:]]:
        before = path.read_text(encoding="utf-8")
        after = filled(before)
        path.write_text(after, encoding="utf-8")
        old = {(row.section, row.call): row.error for row in rows(before)}
        for row in rows(after):
            if not row.error:
                print(f"{path.name}: {row.call} raises nothing")
            elif row.error != old.get((row.section, row.call)):
                print(f"{path.name}: {row.call}\n{row.error}", end="")
