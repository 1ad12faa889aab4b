"""What is there: every subscription that must be seen, and every resource in it."""

from residency.inventory.coverage import Coverage
from residency.inventory.deleted import Answers
from residency.inventory.packing import opened
from residency.inventory.take import Inventory, Progress, take

__all__ = ["Answers", "Coverage", "Inventory", "Progress", "opened", "take"]
