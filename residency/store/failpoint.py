"""Places where a test ends the process, as a crash or a loss of power would.

`RESIDENCY_FAILPOINT=facts` kills the process where `failpoint("facts")` stands: nothing is flushed,
nothing is cleaned up. Without the variable nothing happens.
"""

import os
import signal

VARIABLE = "RESIDENCY_FAILPOINT"


def failpoint(name: str) -> None:
    """End here without a word, if the environment says so."""
    if os.environ.get(VARIABLE) == name:
        os.kill(os.getpid(), signal.SIGKILL)
