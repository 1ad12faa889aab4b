"""Prometheus' own programs agree: the file is one of theirs, and they scrape what it protects."""

import json
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.programs import program, prometheus
from residency.web.web_config_file import load

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 30
NEWER = re.compile(r"^ *(rate_limit|client_allowed_sans):.*\n", re.MULTILINE)
BLOCK = re.compile(r"```yaml\n(tls_server_config:.*?)```", re.DOTALL)


@pytest.fixture
def example(tmp_path: Path, authority: Any, password_hash: str) -> Path:
    """The file that docs/web.md shows, with the files that it names."""
    text = ROOT.joinpath("docs/web.md").read_text(encoding="utf-8")
    (block,) = BLOCK.findall(text)
    authority.server("server").certificate.rename(tmp_path / "tls.crt")
    (tmp_path / "server.key.pem").rename(tmp_path / "tls.key")
    shutil.copy(authority.certificate, tmp_path / "ca.crt")
    path = tmp_path / "example.yaml"
    path.write_text(block.replace("$2y$10$…", password_hash), encoding="utf-8")
    return path


def test_the_example_of_the_page_is_taken(example: Path) -> None:
    found = load(example)
    assert found.tls is not None
    assert found.config.tls_server_config
    assert found.config.tls_server_config.client_allowed_sans == ("prometheus.example.com",)
    assert list(found.config.basic_auth_users) == ["prometheus"]


@pytest.mark.tool
def test_promtool_takes_the_example_of_the_page(example: Path) -> None:
    """Two keys are younger than the promtool that distributions have, and are left out."""
    text = NEWER.sub("", example.read_text(encoding="utf-8"))
    example.write_text(text, encoding="utf-8")
    asked = [program("promtool"), "check", "web-config", str(example)]
    done = subprocess.run(asked, check=False, capture_output=True, text=True)  # noqa: S603 - ours
    assert (done.returncode, done.stdout) == (0, "")
    assert "SUCCESS" in done.stderr


def is_up(prometheus_at: str) -> bool:
    address = f"{prometheus_at}/api/v1/query?query=up"
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - loopback
            found = json.load(answer)["data"]["result"]
    except OSError:
        return False
    return bool(found) and found[0]["value"][1] == "1"


@pytest.mark.tool
def test_prometheus_scrapes_over_mutual_tls_with_a_password(
    serve: Callable[..., Any],
    write: Callable[[str], Path],
    authority: Any,
    password_hash: str,
    tmp_path: Path,
) -> None:
    authority.server("server")
    authority.issue("client")
    site = serve(
        write(
            "tls_server_config:\n  cert_file: server.crt.pem\n  key_file: server.key.pem\n"
            "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: authority.pem\n"
            f"basic_auth_users:\n  prometheus: {password_hash}\n"
        )
    )
    config = f"""
scrape_configs:
  - job_name: residency
    scrape_interval: 1s
    scheme: https
    tls_config: {{ca_file: authority.pem, cert_file: client.crt.pem, key_file: client.key.pem}}
    basic_auth: {{username: prometheus, password: canary-password}}
    static_configs: [{{targets: ["127.0.0.1:{site.port}"]}}]
"""
    with prometheus(tmp_path, config) as at:
        until = time.monotonic() + SECONDS
        while not is_up(at) and time.monotonic() < until:
            time.sleep(0.1)
        assert is_up(at)
    assert any("openmetrics" in accept for accept, _ in site.desk.asked_as)
    assert all("gzip" in encoding for _, encoding in site.desk.asked_as)
