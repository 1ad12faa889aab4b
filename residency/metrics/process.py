"""The numbers of this process, read anew for each scrape."""

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector

LIVE = CollectorRegistry()
"""Memory, processor and open files of this process, and the Python that it runs."""

ProcessCollector(registry=LIVE)
PlatformCollector(registry=LIVE)
