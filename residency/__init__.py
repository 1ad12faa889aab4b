"""Residency: shows where the data of every Azure resource is, and judges it against a promise."""

__version__ = "0.1.0"
