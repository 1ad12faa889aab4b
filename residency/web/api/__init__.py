"""`/api/v1/`: what the store remembers, for programs. Only reads; docs/api.md says how."""

from residency.web.api.paths import API
from residency.web.api.routes import READ_PATHS, api_routes

__all__ = ["API", "READ_PATHS", "api_routes"]
