"""`residency serve`: scans on schedule, looks in between, and serves what the store remembers."""

from residency.service.configuration import Configuration
from residency.service.serving import serve

__all__ = ["Configuration", "serve"]
