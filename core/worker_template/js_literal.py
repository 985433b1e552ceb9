"""JavaScript literals, as crowd elements take them in `labels`, `categories` and the like.

Wider than JSON: `['a', 'b',]` and `{ text: 'None' }` are fine.
"""


def parse_js_literal(text: str) -> object:
    """Return the value of a literal, read as JSON5.

    Raises:
        ValueError: `text` is no literal, or nests deeper than 32 levels.
    """
    # Compiled, so that it is not where templates are rendered only: in the account.
    import pyjson5  # noqa: PLC0415

    try:
        value: object = pyjson5.decode(text)
    except pyjson5.Json5DecoderException as error:
        raise ValueError(f"not a JavaScript literal: {error}") from error
    return value
