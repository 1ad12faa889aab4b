"""The service's pages, metrics, API, hooks and acknowledgements over HTTP, and who may ask."""

from residency.web.app import create_app
from residency.web.listener import Listening, listening
from residency.web.served import Served

__all__ = ["Listening", "Served", "create_app", "listening"]
