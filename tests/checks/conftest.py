import pytest

from bench.mutation.laboratory import Laboratory, laboratory


@pytest.fixture(scope="session")
def room() -> Laboratory:
    """The example estate, in which one value at a time can be damaged."""
    return laboratory()
