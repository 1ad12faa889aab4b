"""Python looks for reference cycles as often as before, whoever asked it to look seldom."""

import gc
from contextlib import ExitStack

import pytest

from residency.cycles import few_collections


@pytest.mark.parametrize("first", [0, 1], ids=["in turn", "crosswise"])
def test_the_last_one_out_sets_back_what_held(first: int) -> None:
    held = gc.get_threshold()
    both = [ExitStack(), ExitStack()]
    for each in both:
        each.enter_context(few_collections())
    assert gc.get_threshold() != held
    both[first].close()
    assert gc.get_threshold() != held
    both[1 - first].close()
    assert gc.get_threshold() == held
