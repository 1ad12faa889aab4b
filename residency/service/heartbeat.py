"""A sign of life to a dead man's switch outside: only after a complete, committed scan."""

import structlog

_LONGEST_SECONDS = 10.0
_TRIES = 2
_HEARD = range(200, 300)
"""A redirect is no sign that anybody heard it."""


async def ping(url: str) -> bool:
    """Ask for the address; gives whether it answered well. Nothing depends on it here.

    The address is a secret of its own: whoever has it can feign life. No log names it.
    """
    import aiohttp  # noqa: PLC0415 - late, for a quick start

    reason, longest = "", aiohttp.ClientTimeout(total=_LONGEST_SECONDS)
    async with aiohttp.ClientSession(timeout=longest, trust_env=True) as session:
        for _ in range(_TRIES):
            try:
                async with session.get(url, allow_redirects=False) as answer:
                    if answer.status in _HEARD:
                        return True
                    reason = f"it answered {answer.status}"
            except (aiohttp.ClientError, TimeoutError) as error:
                reason = type(error).__name__
    structlog.get_logger().warning("heartbeat not sent", reason=reason)
    return False
