"""The clock of a search: seconds of the processor, so that a busy machine finds what an idle one finds."""

from __future__ import annotations

import time


def now() -> float:
    """The seconds that this process has had of the processor."""
    return time.process_time()
