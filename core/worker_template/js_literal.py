"""JavaScript literals, as crowd elements take them in `labels`, `categories` and the like.

Wider than JSON: `['a', 'b',]` and `{ text: 'None' }` are fine.
"""

import pyjson5


def parse_js_literal(text: str) -> object:
    """Return the value of a literal, read as JSON5.

    Raises:
        ValueError: `text` is no literal, or nests deeper than 32 levels.
    """
    try:
        value: object = pyjson5.decode(text)
    except pyjson5.Json5DecoderException as error:
        raise ValueError(f"not a JavaScript literal: {error}") from error
    return value
