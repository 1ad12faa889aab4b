"""The small tenant of the tests of scans, served over HTTP."""

from tests.scan.conftest import azure, build, catalogue, judged, stage

__all__ = ["azure", "build", "catalogue", "judged", "stage"]
