"""Scans a tenant once into a store, by a clock that begins at a time.

python tests/watch/data/scan_once.py SETTINGS TIME
"""

import asyncio
import json
import sys
import time
from datetime import datetime, timedelta

from residency import clock
from residency.check import load_catalogue
from residency.scan.watch import watching
from residency.settings import Settings

settings = Settings.model_validate(json.loads(sys.argv[1]))
began, started = datetime.fromisoformat(sys.argv[2]), time.monotonic()
now = lambda: began + timedelta(seconds=time.monotonic() - started)  # noqa: E731 - one line
with clock.running(now), watching(settings) as watch:
    asyncio.run(watch.scan(settings, load_catalogue()))
