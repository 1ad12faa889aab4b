"""placeholder"""


def init() -> None:
    """placeholder"""
