"""The small tenant of the tests of scans, served over HTTP."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def _of_scans() -> ModuleType:
    path = Path(__file__).resolve().parents[1] / "scan" / "conftest.py"
    spec = importlib.util.spec_from_file_location("stage_of_inventory", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_scans = _of_scans()
stage, catalogue, azure = _scans.stage, _scans.catalogue, _scans.azure
build, judged = _scans.build, _scans.judged
