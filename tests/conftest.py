"""Property tests: the same examples in every run, and no test fails because a machine is slow."""

from hypothesis import HealthCheck, settings

settings.register_profile("passavant", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("passavant")
