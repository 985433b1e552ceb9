"""An example of `task.input`, derived from what a template reads and where it prints that."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from liquid import Token
from liquid.undefined import UNDEFINED

from a2i_core.s3_uri import example_read_access, granting
from worker_template.inputs import ENDS, InputPath, InputRead, KeyOf, Step, Use
from worker_template.output_places import TEXT_LIST, word
from worker_template.parsing import ParsedTemplate, TemplateRenderError
from worker_template.rendering import TaskRenderContext

_ITEMS = 2
_MAX_ITEMS = 100
_ROUNDS = 10


@dataclass(slots=True)
class _Shape:
    """Shape of a value: an object with members, a list of items, or a leaf."""

    steps: dict[Step, "_Shape"] = field(default_factory=dict)
    uses: set[Use] = field(default_factory=set)
    examples: list[Any] = field(default_factory=list)
    keys: dict[str, None] = field(default_factory=dict)
    """Members that only a rendering names."""
    length: int = 1
    """Items that a rendering asks for."""

    def add(self, path: InputPath, use: Use, example: Any) -> None:
        shape = self
        for step in path:
            shape = shape.steps.setdefault(step, _Shape())
        shape.uses.add(use)
        if example is not None:
            shape.examples.append(example)

    def merged_with(self, other: "_Shape | None") -> "_Shape":
        if other is None:
            return self
        steps = dict(self.steps)
        for step, shape in other.steps.items():
            steps[step] = shape.merged_with(steps.get(step))
        return _Shape(
            steps,
            self.uses | other.uses,
            self.examples + other.examples,
            self.keys | other.keys,
            max(self.length, other.length),
        )

    @property
    def members(self) -> dict[str, "_Shape"]:
        named = {step: shape for step, shape in self.steps.items() if isinstance(step, str)}
        return {} if ENDS.keys() >= named.keys() else named

    @property
    def positions(self) -> dict[int, "_Shape"]:
        """Items that are read by their place; -1 is the last."""
        found = {step: shape for step, shape in self.steps.items() if isinstance(step, int)}
        for name, position in ENDS.items():
            if name in self.steps and name not in self.members:
                found[position] = self.steps[name].merged_with(found.get(position))
        return found

    @property
    def item(self) -> "_Shape | None":
        return self.steps.get(KeyOf.ITEM)

    @property
    def member(self) -> "_Shape | None":
        """Any member of an object whose names only a rendering knows."""
        return self.steps.get(KeyOf.MEMBER, self.item if self.keys else None)

    @property
    def is_object(self) -> bool:
        return bool(self.members or self.keys) or KeyOf.MEMBER in self.steps

    @property
    def has_items(self) -> bool:
        return bool(self.positions) or KeyOf.ITEM in self.steps

    @property
    def is_read_as_entries(self) -> bool:
        """True if this is looped over as an object, which gives pairs of key and value."""
        entry = self.item
        if entry is None or entry.members or KeyOf.ITEM in entry.steps:
            return False
        if not {0, 1, -1}.issuperset(entry.positions):
            return False
        key, value = entry.positions.get(0), entry.positions.get(1)
        is_text = key is None or (not key.steps and not key.examples and key.uses <= {Use.TEXT})
        # Two numbers are a point, not a key with a value.
        return is_text and not (key is None and value is None)


class _Sample:
    """Values for shapes, and which shape each object and list in them has."""

    def __init__(self, root: _Shape, items: int) -> None:
        self._shape_of: dict[int, _Shape] = {}
        self._items = items
        self.value = self._object(root, "", "")

    def shape_of(self, container: object) -> _Shape | None:
        return self._shape_of.get(id(container))

    def _value(self, shape: _Shape, name: str, suffix: str) -> Any:
        if shape.examples:
            return self._example(shape, name, suffix)
        if shape.is_object:
            return self._object(shape, name, suffix)
        if shape.is_read_as_entries:
            return self._entries(shape, name, suffix)
        if shape.has_items or shape.uses & {Use.LIST, Use.JSON, Use.NUMBERS}:
            return self._list(shape, name, suffix)
        return _leaf(shape.uses, word(name) + suffix)

    def _example(self, shape: _Shape, name: str, suffix: str) -> Any:
        example = next((each for each in shape.examples if each is not TEXT_LIST), TEXT_LIST)
        if example is TEXT_LIST:
            return self._list(shape, name, suffix)
        value = deepcopy(example)
        parts = value if isinstance(value, list) else [value]
        members = (shape.item or _Shape()).members if isinstance(value, list) else shape.members
        for part in parts:
            if isinstance(part, dict):
                for key, member in members.items():
                    part.setdefault(key, self._value(member, key, suffix))
        return value

    def _object(self, shape: _Shape, name: str, suffix: str) -> dict[str, Any]:
        value = {key: self._value(member, key, suffix) for key, member in shape.members.items()}
        for number, key in enumerate(shape.keys, start=1):
            if key not in value:
                value[key] = self._value(shape.member or _Shape(), name, f"{suffix}-{number}")
        self._shape_of[id(value)] = shape
        return value

    def _entries(self, shape: _Shape, name: str, suffix: str) -> dict[str, Any]:
        entry = shape.item or _Shape()
        content = entry.positions.get(1, _Shape()).merged_with(entry.positions.get(-1))
        return {
            f"example-key{suffix}-{number}": self._value(content, name, f"{suffix}-{number}")
            for number in range(1, _ITEMS + 1)
        }

    def _list(self, shape: _Shape, name: str, suffix: str) -> list[Any]:
        item = (shape.item or _Shape()).merged_with(shape.steps.get(KeyOf.MEMBER))
        if Use.NUMBERS in shape.uses and not item.steps:
            item = item.merged_with(_Shape(uses={Use.NUMBER}))
        length = max(
            [self._items, shape.length, *(p + 1 if p >= 0 else -p for p in shape.positions)]
        )
        value = []
        for number in range(1, min(length, _MAX_ITEMS) + 1):
            at = shape.positions.get(number - 1)
            if number == length:
                at = (at or _Shape()).merged_with(shape.positions.get(-1))
            value.append(self._value(item.merged_with(at), name, f"{suffix}-{number}"))
        self._shape_of[id(value)] = shape
        return value


def _leaf(uses: set[Use], word: str) -> object:
    if Use.S3_OBJECT in uses:
        return f"s3://example-bucket/{word}.png"
    if Use.NUMBER in uses:
        return 1
    if Use.DATE in uses:
        return "2026-01-31"
    return "ZXhhbXBsZQ==" if Use.BASE64 in uses else f"example-{word}"


class _Probe(TaskRenderContext):
    """A rendering that adds to the shapes what they turn out to lack."""

    __slots__ = ("changed", "sample")

    def __init__(self, template: ParsedTemplate, sample: _Sample) -> None:
        super().__init__(template.bound, sample.value, granting(example_read_access))
        self.sample = sample
        self.changed = False

    def get(
        self, path: list[object], *, token: Token | None, default: object = UNDEFINED
    ) -> object:
        """Resolve a variable, noting what the sample must have for it."""
        container = self.scope.get(str(path[0]))
        for step in path[1:]:
            if not self._has(container, step):
                self._need(container, step)
                break
            container = self.get_item(container, step)
        return super().get(path, token=token, default=default)

    def _has(self, container: object, step: object) -> bool:
        try:
            self.get_item(container, step)
        except (IndexError, KeyError, TypeError):
            return False
        return True

    def _need(self, container: object, step: object) -> None:
        shape = self.sample.shape_of(container)
        if shape is None:
            return
        if isinstance(step, str) and step not in shape.keys:
            is_named = isinstance(container, list) or shape.member is not None
            if is_named:
                shape.keys[step] = None
                self.changed = True
        elif isinstance(step, int) and isinstance(container, list):
            length = step + 1 if step >= 0 else -step
            if shape.length < length <= _MAX_ITEMS:
                shape.length = length
                self.changed = True


def derive_sample_input(
    template: ParsedTemplate, reads: list[InputRead], examples: Mapping[int, Any]
) -> dict[str, Any]:
    """Return an input under which the template renders.

    Texts are distinct words that fit every place, lists have two items where the template renders
    with two, and what reaches
    `grant_read_access` is the URI of an S3 object.

    Args:
        template: the template itself.
        reads: what it reads.
        examples: by the index of an output statement, what fits there.

    Raises:
        TemplateRenderError: no input was found under which the template renders.
    """
    root = _Shape()
    for read in reads:
        if read.path:
            root.add(read.path, read.use, _example(read, template, examples))
    try:
        return _probed(template, root, _ITEMS)
    except TemplateRenderError:  # what cannot be ordered can be sorted when there is one of it
        return _probed(template, root, 1)


def _probed(template: ParsedTemplate, root: _Shape, items: int) -> dict[str, Any]:
    """Return a sample with at least so many items in each list, after renderings that complete it.

    Raises:
        TemplateRenderError: the template does not render with it.
    """
    sample = _Sample(root, items)
    for _ in range(_ROUNDS):
        probe = _Probe(template, sample)
        template.render_in(probe)
        if not probe.changed:
            break
        sample = _Sample(root, items)
    return sample.value


def _example(read: InputRead, template: ParsedTemplate, examples: Mapping[int, Any]) -> Any:
    if read.printed_at is None or read.use not in (Use.TEXT, Use.JSON):
        return None
    return examples.get(template.source_map.original_index(read.printed_at))
