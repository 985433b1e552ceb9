"""The JSON Schemas of what applications send to the stack and receive from it; needs no CDK."""

from pathlib import Path

_SUFFIX = ".schema.json"


def json_schema_path(name: str) -> Path:
    """The file of a schema, for example of `human_review_finished`.

    Raises ValueError, with the names that there are, for any other.
    """
    folder = Path(__file__).parent / "schemas"
    schemas = {path.name.removesuffix(_SUFFIX): path for path in folder.glob(f"*{_SUFFIX}")}
    if name not in schemas:
        raise ValueError(f"no JSON Schema of name {name!r}, there are {', '.join(sorted(schemas))}")
    return schemas[name]
