"""The one way to Azure Resource Manager: read-only, paged, checked, with typed errors."""

from residency.azure.arm import Arm
from residency.azure.resource_graph import GraphAnswer, Query, Row, ask
from residency.azure.session import open_session

__all__ = ["Arm", "GraphAnswer", "Query", "Row", "ask", "open_session"]
