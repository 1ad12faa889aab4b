"""One scan: inventory, checks, judgement; the whole of it as one frozen result."""

from residency.scan.document import document, resource_document
from residency.scan.result import Scan
from residency.scan.run import scan

__all__ = ["Scan", "document", "resource_document", "scan"]
