"""One hypothesis profile for all rules: the same examples on every machine, and no time limit on a busy one."""

from hypothesis import settings

settings.register_profile("rules", deadline=None, derandomize=True, max_examples=150)
settings.load_profile("rules")
