"""Writes samples in the formats of Prometheus.

Gauges are written alike in both; counters differ in the lines that describe them.
"""

from collections.abc import Iterable, Sequence

from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.registry import Collector

from residency.metrics.families import Family
from residency.metrics.negotiation import Format
from residency.metrics.process import LIVE
from residency.metrics.series import Kind

_END = b"# EOF\n"


class _Written(Collector):
    """Gives what was collected before."""

    def __init__(self, metrics: Sequence[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def rendered(families: Iterable[Family]) -> dict[Format, bytes]:
    """Write samples in every format, without the end that OpenMetrics has."""
    told = [(each.series.kind, metric_of(each)) for each in families]
    gauges = generate_latest(_Written([each for kind, each in told if kind is Kind.GAUGE]))
    counters = _Written([each for kind, each in told if kind is Kind.COUNTER])
    return {
        Format.TEXT: gauges + generate_latest(counters),
        Format.OPENMETRICS: gauges + _openmetrics(counters).removesuffix(_END),
    }


def live(wanted: Format) -> bytes:
    """Write the numbers of this process, and the end."""
    return _openmetrics(LIVE) if wanted is Format.OPENMETRICS else generate_latest(LIVE)


def _openmetrics(collector: Collector) -> bytes:
    found: bytes = generate_openmetrics(collector)  # type: ignore[no-untyped-call]
    return found


def metric_of(family: Family) -> Metric:
    """Give samples as the library of Prometheus takes them."""
    one = family.series
    make = CounterMetricFamily if one.kind is Kind.COUNTER else GaugeMetricFamily
    found = make(one.name, one.text, labels=one.labels)
    for values, number in family.samples.items():
        found.add_metric(values, number)
    return found
