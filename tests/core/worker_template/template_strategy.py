"""Generated worker task templates: elements, attributes, filters, loops and paths at random."""

from hypothesis import strategies as st

LOADER = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
KEYS = st.sampled_from(["a", "b", "c_d", "items", "first", "last", "required", "kind"])
PATHS = st.lists(KEYS, min_size=1, max_size=3).map(".".join)
FILTERS = [
    *("", " | upcase", " | escape", " | to_json", " | round: 2", " | times: 2", " | default: 'x'"),
    *(" | append: '!'", " | truncate: 5", " | split: ','", " | size", " | first", " | join: ', '"),
    *(" | date: '%Y'", " | slice: 0, 3", " | sum", " | sort", " | map: 'a' | join: ' '"),
    *(" | where: 'a', 'b' | first", " | sort: 'a'", " | uniq", " | base64_decode"),
    *(" | plus: task.input.number", " | concat: task.input.more"),
]


@st.composite
def _filtered(draw: st.DrawFn, root: str) -> str:
    """A path below `root`, which has one type only, with a filter for that type."""
    number = draw(st.integers(0, len(FILTERS) - 1))
    return f"{root}.{draw(PATHS)}.for{number}{FILTERS[number]}"


def outputs(root: str) -> st.SearchStrategy[str]:
    """Output statements of something below `root`."""
    return _filtered(root).map(lambda expression: "{{ " + expression + " }}")


def _widget(body: str, number: int) -> str:
    return body.replace("NAME", f"field{number}")


WIDGETS = [
    '<crowd-classifier name="NAME" header="Which?" categories="{{ task.input.cats }}" '
    'initial-value="{{ task.input.chosen }}">'
    "<classification-target>{{ task.input.text }}</classification-target></crowd-classifier>",
    '<crowd-classifier-multi-select name="NAME" header="Which?" '
    "categories=\"[{% for c in task.input.names %}'{{ c }}',{% endfor %}]\">"
    "<classification-target>x</classification-target></crowd-classifier-multi-select>",
    '<crowd-bounding-box name="NAME" header="Where?" labels="[\'Cat\']" '
    'src="{{ task.input.photo | grant_read_access }}" '
    'initial-value="[{% for b in task.input.found %}{label: {{ b.label | to_json }}, '
    "left: {{ b.left }}, top: {{ b.top }}, width: {{ b.w }}, height: {{ b.h }}},"
    '{% endfor %}]"></crowd-bounding-box>',
    '<crowd-bounding-box name="NAME" header="Where?" labels="{{ task.input.labels | to_json }}" '
    'src="{{ task.input.photo | grant_read_access }}"></crowd-bounding-box>',
    '<crowd-keypoint name="NAME" header="Where?" labels="[\'Nose\']" '
    'src="{{ task.input.photo | grant_read_access }}" initial-value="{{ task.input.points }}">'
    "</crowd-keypoint>",
    '<crowd-entity-annotation name="NAME" header="Who?" labels="[\'Name\']" '
    'text="{{ task.input.text }}" initial-value="{{ task.input.spans | to_json }}">'
    "</crowd-entity-annotation>",
    '<crowd-entity-annotation name="NAME" header="Who?" labels="[\'Name\']" '
    'text="{{ task.input.text }}" initial-value="[{% for e in task.input.entities %}'
    "{ 'label': '{{ e.label }}', 'startOffset': {{ e.from }}, 'endOffset': {{ e.to }} },"
    '{% endfor %}]"></crowd-entity-annotation>',
    '<crowd-instance-segmentation name="NAME" header="Which?" labels="[\'Cat\']" '
    'src="{{ task.input.photo | grant_read_access }}" initial-value="{{ task.input.before }}">'
    "</crowd-instance-segmentation>",
    '<crowd-slider name="NAME" min="{{ task.input.low }}" max="{{ task.input.high | plus: 9 }}">'
    "</crowd-slider>",
    '<crowd-input name="NAME" value="{{ task.input.value }}"></crowd-input>',
    '<crowd-checkbox name="NAME" value="x">{{ task.input.caption }}</crowd-checkbox>',
]
PIECES = st.recursive(
    st.one_of(outputs("task.input.data"), outputs("x"), st.sampled_from(["text", "<p>", "<br>"])),
    lambda inner: st.one_of(
        st.builds(
            lambda path, body: (
                "{% for x in task.input.lists." + path + ".each %}" + body + "{% endfor %}"
            ),
            PATHS,
            inner,
        ),
        st.builds(
            lambda body: (
                "{% for kv in task.input.object %}{{ kv[0] }}: {{ kv[1] }}" + body + "{% endfor %}"
            ),
            inner,
        ),
        st.builds(
            lambda path, body: (
                "{% if task.input.flags."
                + path
                + ".number > 3 %}"
                + body
                + "{% else %}no{% endif %}"
            ),
            PATHS,
            inner,
        ),
        st.builds(
            lambda body: (
                "{% capture id %}{{ task.input.key }}{% endcapture %}{{ task.input.map[id].v }}"
                + body
            ),
            inner,
        ),
        st.builds(
            lambda assigned, body: "{% assign x = " + assigned + " %}" + body,
            _filtered("task.input.assigned"),
            inner,
        ),
        st.lists(inner, max_size=3).map("".join),
    ),
    max_leaves=6,
)


@st.composite
def templates(draw: st.DrawFn) -> str:
    """A whole page: up to three widgets with other markup around them."""
    chosen = draw(st.lists(st.sampled_from(WIDGETS), min_size=1, max_size=3))
    body = "".join(draw(PIECES) + _widget(each, number) for number, each in enumerate(chosen))
    return f"{LOADER}<crowd-form>{body}</crowd-form>"
