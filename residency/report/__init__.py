"""What a customer is told of a month: computed from what was recorded, and from nothing else."""
