"""The bench of the pages, small and once: every view must be answered, whatever the time."""

from collections.abc import Callable
from typing import Any


def test_pages_are_viewed_while_a_small_tenant_is_scanned(bench: Callable[..., Any]) -> None:
    size = ("--resources", "500", "--subscriptions", "5", "--apart", "8", "--pairs", "1")
    told = bench("web", *size, "--patience", "30").stdout
    assert "the first page, packed" in told
    assert "a page view while it scans, 95th percentile" in told
    (views,) = (line for line in told.splitlines() if " views, " in line)
    assert int(views.split()[0]) > 10
