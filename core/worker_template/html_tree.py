"""Element tree of an HTML document, built as browsers build it, with what is never closed.

Built on the standard library's tokenizer, with the rules of the HTML standard's tree construction
that decide in which crowd element or form a control ends up: end tags that close nothing, implied
end tags, tables that let go of what does not belong in them. It leaves out what has no part in
that, such as `tbody` elements that browsers add, and copies of `<b>` in misnested text.
"""

import html
import re
from html.parser import HTMLParser

from worker_template.html_document import (
    REGIONS,
    Attribute,
    Element,
    HtmlDocument,
    Imbalance,
)

_HOLDS_TEXT = frozenset(
    {
        *("iframe", "noembed", "noframes", "noscript", "script", "style", "textarea", "title"),
        "xmp",
    }
)
"""Elements whose content is text, in a browser that runs scripts."""
_MAX_DEPTH = 512  # Chromium's own; it also keeps the checks quick
_VOID = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"),
        *("source", "track", "wbr"),
    }
)
_FOREIGN = frozenset({"math", "svg"})
_FORMATTING = frozenset(
    {
        *("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong"),
        *("tt", "u"),
    }
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_IMPLIED_END = frozenset({"dd", "dt", "li", "optgroup", "option", "p"})
_LEAVES_FOREIGN = _HEADINGS | {
    *("b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em"),
    *("embed", "head", "hr", "i", "img", "li", "listing", "menu", "meta", "nobr", "ol", "p"),
    *("pre", "ruby", "s", "small", "span", "strong", "strike", "sub", "sup", "table", "tt", "u"),
    *("ul", "var"),
}
"""Start tags that end SVG and MathML."""
_CLOSES_P = _HEADINGS | {
    *("address", "article", "aside", "blockquote", "center", "dd", "details", "dialog", "dir"),
    *("div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header"),
    *("hgroup", "hr", "li", "listing", "main", "menu", "nav", "ol", "p", "pre", "search"),
    *("section", "summary", "ul", "xmp"),
}
_TABLE_PARTS = frozenset(
    {"caption", "col", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr"}
)
_CELLS = frozenset({"caption", "td", "th"})
_ROW_GROUPS = frozenset({"tbody", "tfoot", "thead"})
_BARRIERS = frozenset({"applet", "caption", "marquee", "object", "table", "td", "template", "th"})
"""Elements that an end tag does not look beyond."""
_SPECIAL = (_CLOSES_P | _TABLE_PARTS | _BARRIERS | _VOID) - {"wbr", "dialog", "search"} | {
    *("body", "button", "head", "html", "iframe", "noscript", "script", "select", "style"),
    *("textarea", "title"),
}
"""Elements that the end tag of an ordinary one, such as a crowd element, does not look beyond."""
# The end tags that close whatever is open inside.
_CLOSES_INSIDE = _CLOSES_P - _HEADINGS - {"form", "hr", "xmp"} | {
    *("applet", "button", "marquee", "object", "table", "template"),
}
_TAG_NAME = re.compile(r"<[^\s/>]+")
_ATTRIBUTE = re.compile(
    r"""(?P<name>[^\s=/>"'][^\s=/>]*)
    (?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s>]*)))?""",
    re.VERBOSE,
)


def parse_html(text: str) -> HtmlDocument:
    """Read `text`; like a browser, never fails."""
    builder = _Builder(text)
    builder.feed(text)
    builder.close()
    builder.close_all()
    return builder.document


class _Builder(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.document = HtmlDocument()
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._open: list[Element] = []
        self._form: Element | None = None
        self._seen: set[str] = set()  # tags of the page so far: most questions end here

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, self_closing=False)

    def handle_startendtag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, self_closing=True)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("body", "html") or self._end_foreign(tag):
            return  # what follows </body> still goes into the body
        if tag == "form":
            self._end_form()
        elif tag in _TABLE_PARTS:
            self._close_in_table(tag)
        elif tag in _HEADINGS:
            self._close_scoped(_HEADINGS)
        elif tag in _CLOSES_INSIDE:
            self._close_scoped({tag}, {"ol", "ul"} if tag == "li" else set())
        elif tag in _FORMATTING:
            self._end_formatting(tag)
        else:
            self._end_ordinary(tag)

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1].text.append((self._index(), data))

    def close_all(self) -> None:
        self._pop_to(0)

    def _start(self, tag: str, *, self_closing: bool) -> None:
        while self._is_foreign() and tag in _LEAVES_FOREIGN:
            self._pop_to(max(at for at, each in enumerate(self._open) if each.tag in _FOREIGN))
        if self._is_foreign():
            self._add(tag, self_closing=self_closing, stays_open=not self_closing)
            return
        if tag in _TABLE_PARTS:
            self._start_table_part(tag)
            return
        if tag == "form" and self._form is not None:
            return  # a form in a form is ignored
        self._close_before(tag)
        if tag in _HOLDS_TEXT:
            self.set_cdata_mode(tag)
        if tag == "form":
            self._start_form()
            return
        element = self._add(
            tag,
            self_closing=self_closing,
            stays_open=tag not in _VOID and not (self_closing and tag in _FOREIGN),
        )
        if self._is_fostered(element):
            element.parent = self._open[self._table()].parent

    def _close_before(self, tag: str) -> None:
        """Close the elements that a start tag closes without an end tag."""
        if tag in _CLOSES_P:
            if tag == "li":
                self._close_siblings({"li"})
            elif tag in ("dd", "dt"):
                self._close_siblings({"dd", "dt"})
            self._close_scoped({"p"}, {"button"})
            if tag in _HEADINGS and self._open and self._open[-1].tag in _HEADINGS:
                self._pop_to(len(self._open) - 1)
        elif tag == "table" and self._in_table_mode():
            self._close_in_table("table")
        elif tag == "button":
            self._close_scoped({"button"})
        elif tag in ("option", "optgroup"):
            if self._open and self._open[-1].tag == "option":
                self._pop_to(len(self._open) - 1)
        elif tag in ("a", "nobr") and any(each.tag == tag for each in self._open):
            self._end_formatting(tag)

    def _close_siblings(self, tags: set[str]) -> None:
        for at in range(len(self._open) - 1, -1, -1):
            tag = self._open[at].tag
            if tag in tags:
                self._pop_to(at)
                return
            if tag in _SPECIAL - {"address", "div", "p"}:
                return

    def _close_scoped(
        self, tags: set[str] | frozenset[str], barriers: set[str] | None = None
    ) -> bool:
        """Close the innermost of `tags` and all inside it; nothing beyond a barrier."""
        if self._seen.isdisjoint(tags):
            return False
        for at in range(len(self._open) - 1, -1, -1):
            tag = self._open[at].tag
            if tag in tags:
                self._pop_to(at)
                return True
            if tag in _BARRIERS or tag in (barriers or ()):
                return False
        return False

    def _end_foreign(self, tag: str) -> bool:
        """Close an element inside SVG or MathML; whether there is one of this tag."""
        if self._is_foreign():
            for at in range(len(self._open) - 1, -1, -1):
                if self._open[at].tag == tag:
                    self._open[at].has_end_tag = True
                    self._pop_to(at)
                    return True
                if self._open[at].tag in _FOREIGN:
                    break
        return False

    def _end_ordinary(self, tag: str) -> None:
        in_the_way = None
        for at in range(len(self._open) - 1, -1, -1):
            element = self._open[at]
            if element.tag == tag:
                element.has_end_tag = True
                if in_the_way is None:
                    self._pop_to(at)
                else:
                    self._report(tag, self._index(), in_the_way.tag)
                return
            if element.tag in _SPECIAL:
                in_the_way = in_the_way or element
        self._report(tag, self._index())

    def _end_formatting(self, tag: str) -> None:
        """Take a formatting element from around what it does not end in: "adoption agency"."""
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at].tag == tag:
                break
            if self._open[at].tag in _BARRIERS:
                return
        else:
            return
        blocks = [each for each in self._open[at + 1 :] if each.tag in _SPECIAL]
        self._pop_to(self._open.index(blocks[-1]) + 1 if blocks else at)
        if not blocks:
            return
        # The blocks inside it leave it, and what is neither block nor formatting is closed.
        outer = self._open[:at]
        for element in self._open[at + 1 :]:
            if element.tag in _SPECIAL:
                element.parent = next(
                    (each for each in reversed(outer) if each.tag not in _FORMATTING), None
                )
                outer.append(element)
            elif element.tag in _FORMATTING:
                outer.append(element)
            else:
                self._report_unclosed(element)
        self._open = outer

    def _start_form(self) -> None:
        in_table = self._in_table_mode()
        self._form = self._add("form", self_closing=False, stays_open=not in_table)

    def _end_form(self) -> None:
        form, self._form = self._form, None
        if form is None or not self._is_in_scope(form):
            return
        while self._open[-1].tag in _IMPLIED_END:
            self._pop_to(len(self._open) - 1)
        self._open.remove(form)

    def _is_in_scope(self, element: Element) -> bool:
        for each in reversed(self._open):
            if each is element:
                return True
            if each.tag in _BARRIERS:
                return False
        return False

    def _start_table_part(self, tag: str) -> None:
        at = self._table_context()
        if at is None:
            return  # table parts outside a table are ignored
        if self._open[at].tag in _CELLS:
            self._pop_to(at)
            self._start_table_part(tag)
            return
        wanted = {"table"}
        if tag == "tr":
            wanted |= _ROW_GROUPS
        elif tag in ("td", "th"):
            wanted |= _ROW_GROUPS | {"tr"}
        while self._open[-1].tag not in wanted:
            self._pop_to(len(self._open) - 1)
        self._add(tag, self_closing=False, stays_open=tag not in _VOID)

    def _close_in_table(self, tag: str) -> None:
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at].tag == tag:
                self._pop_to(at)
                return
            if self._open[at].tag in ("table", "template"):
                return

    def _table_context(self) -> int | None:
        """The innermost part of a table that is open, the table itself included."""
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at].tag in _TABLE_PARTS or self._open[at].tag == "table":
                return at
            if self._open[at].tag == "template":
                return None
        return None

    def _table(self) -> int:
        return max(at for at, each in enumerate(self._open) if each.tag == "table")

    def _in_table_mode(self) -> bool:
        """Return whether a table is open at a place that is for its parts only."""
        at = self._table_context()
        return at is not None and self._open[at].tag not in _CELLS

    def _is_fostered(self, element: Element) -> bool:
        """Return whether a table lets go of this child: browsers put it before the table."""
        parent = element.parent
        if parent is None or element.tag in ("script", "style", "template"):
            return False
        if element.tag == "input" and (element.get("type") or "").lower() == "hidden":
            return False
        return parent.tag in _ROW_GROUPS or parent.tag in ("colgroup", "table", "tr")

    def _is_foreign(self) -> bool:
        if self._seen.isdisjoint(_FOREIGN):
            return False
        for element in reversed(self._open):
            if element.tag in _FOREIGN:
                return True
            if element.tag in ("foreignobject", "desc", "annotation-xml"):
                return False
        return False

    def _add(self, tag: str, *, self_closing: bool, stays_open: bool) -> Element:
        index = self._index()
        attributes = _attributes(self.get_starttag_text() or "", index)
        parent = self._open[-1] if self._open else None
        element = Element(tag, index, attributes, parent, self_closing)
        self._seen.add(tag)
        self.document.elements.append(element)
        if stays_open and len(self._open) < _MAX_DEPTH:
            self._open.append(element)
        return element

    def _pop_to(self, length: int) -> None:
        while len(self._open) > length:
            self._report_unclosed(self._open.pop())

    def _report_unclosed(self, element: Element) -> None:
        # A slash is the author's end tag, though a browser's not: a rule of its own tells that.
        if not element.has_end_tag and not element.self_closing:
            self._report(element.tag, element.index, is_end_tag=False)

    def _report(
        self, tag: str, index: int, in_the_way: str | None = None, *, is_end_tag: bool = True
    ) -> None:
        if tag.startswith("crowd-") or tag in REGIONS:
            self.document.imbalances.append(Imbalance(tag, index, is_end_tag, in_the_way))

    def _index(self) -> int:
        line, offset = self.getpos()
        return self._line_starts[line - 1] + offset


def _attributes(start_tag: str, index: int) -> tuple[Attribute, ...]:
    name = _TAG_NAME.match(start_tag)
    if name is None:
        return ()
    return tuple(
        Attribute(
            name=match["name"].lower(),
            value=html.unescape(match["double"] or match["single"] or match["bare"] or ""),
            quote=_quote(match),
            index=index + match.start(),
        )
        for match in _ATTRIBUTE.finditer(start_tag, name.end(), len(start_tag) - 1)
    )


def _quote(match: re.Match[str]) -> str | None:
    for group, quote in (("double", '"'), ("single", "'"), ("bare", "")):
        if match[group] is not None:
            return quote
    return None
