"""Writes dashboards/grafana/*.json: `python -m dashboards.source`. A test refuses what differs."""

import json
from collections.abc import Mapping
from pathlib import Path

from dashboards.source.estate import estate
from dashboards.source.failovers import failovers
from dashboards.source.monitor import monitor
from dashboards.source.overview import overview

FOLDER = Path(__file__).resolve().parents[1] / "grafana"


def written() -> Mapping[Path, str]:
    """Give each file with what it has to hold."""
    made = (overview(), failovers(), estate(), monitor())
    return {
        FOLDER / f"{each['uid']}.json": json.dumps(each, indent=2, ensure_ascii=False) + "\n"
        for each in made
    }


if __name__ == "__main__":
    for path, text in written().items():
        path.write_text(text, encoding="utf-8")
