"""Hypothesis profiles: `default`, and `thorough` by HYPOTHESIS_PROFILE=thorough; `ci` where CI is set."""

import os

from hypothesis import settings

settings.register_profile("default", deadline=None, max_examples=40, print_blob=True)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))
