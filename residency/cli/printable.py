"""Characters that a terminal would obey rather than show."""

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """Replace each character that is not shown (escapes, marks of direction) by `�`.

    Line ends stay; what they part is printed line by line.
    """
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable() or character in "\n\N{NO-BREAK SPACE}"
        else _REPLACEMENT
        for character in text
    )
