"""placeholder until the regions table lands."""
