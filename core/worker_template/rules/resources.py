"""Rules about what a page loads and where it leads."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from worker_template.findings import Severity
from worker_template.html_document import Attribute, Element
from worker_template.liquid_source import starts_with_liquid
from worker_template.rules.registry import Problem, rule
from worker_template.rules.subject import Rendering, Subject

_OWN_HOST = "assets.crowd.aws"
_LINKS = frozenset({"a", "area"})
PLACEHOLDER = re.compile(r"\$\{\s*(?P<name>[A-Za-z_]\w*)\s*\}")
_URL_ATTRIBUTES = frozenset({"action", "data", "formaction", "href", "poster", "src"})
_ABSOLUTE = re.compile(r"(?:[a-z][a-z0-9+.-]*:|//|#)", re.IGNORECASE)


def _urls(element: Element) -> Iterator[Attribute]:
    return (each for each in element.attributes if each.name in _URL_ATTRIBUTES and each.value)


def _is_loaded(element: Element, attribute: Attribute) -> bool:
    return attribute.name in ("data", "poster", "src") or (
        element.tag == "link" and attribute.name == "href"
    )


@rule("http-resource", Severity.ERROR)
def http_resource(subject: Subject) -> Iterator[Problem]:
    """A page loads resources over HTTPS only."""
    for element in subject.document.elements:
        for attribute in _urls(element):
            if _is_loaded(element, attribute) and _scheme(attribute.value) == "http":
                yield Problem(
                    attribute.index,
                    f"browsers block http:// in the worker portal ({attribute.value}); "
                    "use https://",
                )


@rule("javascript-url", Severity.ERROR)
def javascript_url(subject: Subject) -> Iterator[Problem]:
    """No URL is a script."""
    for element in subject.document.elements:
        for attribute in _urls(element):
            if _scheme(attribute.value) == "javascript":
                yield Problem(
                    attribute.index, f"{attribute.name} runs a script; use a button and a listener"
                )


@rule("s3-url", Severity.ERROR)
def s3_url(subject: Subject) -> Iterator[Problem]:
    """Objects in S3 are read through grant_read_access."""
    for element in subject.document.elements:
        for attribute in _urls(element):
            if _scheme(attribute.value) == "s3":
                yield _unreadable(attribute.index, attribute.value)
    if isinstance(subject.sample_rendering, Rendering):
        for element in subject.sample_rendering.document.elements:
            for attribute in _urls(element):
                if _scheme(attribute.value) == "s3":
                    index = subject.sample_rendering.origin(attribute.index)
                    yield _unreadable(index, attribute.value)


def _unreadable(index: int, url: str) -> Problem:
    return Problem(
        index, f"no browser opens s3:// addresses ({url}); pass the URI through grant_read_access"
    )


def _scheme(url: str) -> str:
    # Browsers drop white space inside a scheme; holding it against the rule would let it through.
    return re.sub(r"\s", "", url).partition(":")[0].lower() if ":" in url else ""


@rule("third-party-host", Severity.WARNING)
def third_party_host(subject: Subject) -> Iterator[Problem]:
    """Scripts and styles come from Amazon or the template: they can change any answer."""
    for attribute, host in _foreign_code(subject):
        yield Problem(
            attribute.index,
            f"{host} can change what workers see and submit; copy the file into the template, "
            "or accept this for a host you trust",
        )


@rule("integrity-missing", Severity.WARNING)
def integrity_missing(subject: Subject) -> Iterator[Problem]:
    """Code of others is pinned by its digest."""
    for element in _code_elements(subject):
        attribute = _code_url(element)
        if attribute is not None and _foreign_host(attribute) and not element.get("integrity"):
            yield Problem(
                attribute.index, 'whatever this URL serves runs; add integrity="sha384-..."'
            )


def _foreign_code(subject: Subject) -> Iterator[tuple[Attribute, str]]:
    for element in _code_elements(subject):
        attribute = _code_url(element)
        if attribute is not None and (host := _foreign_host(attribute)):
            yield attribute, host


def _code_elements(subject: Subject) -> Iterator[Element]:
    for element in subject.document.named("link", "script"):
        if element.tag == "script" or "stylesheet" in (element.get("rel") or "").lower():
            yield element


def _code_url(element: Element) -> Attribute | None:
    return element.attribute("src" if element.tag == "script" else "href")


def _foreign_host(attribute: Attribute) -> str:
    try:
        host = urlsplit(attribute.value.strip()).hostname or ""
    except ValueError:
        return ""
    return "" if host == _OWN_HOST else host


@rule("embedded-content", Severity.WARNING)
def embedded_content(subject: Subject) -> Iterator[Problem]:
    """A page embeds no other."""
    for element in subject.document.named("base", "embed", "iframe", "object"):
        yield Problem(
            element.index,
            f"{element.tag} brings in what no check sees; accept this if you trust its source",
        )


@rule("mechanical-turk-placeholder", Severity.ERROR)
def mechanical_turk_placeholder(subject: Subject) -> Iterator[Problem]:
    """Data is printed by Liquid: A2I does not fill in the placeholders of Mechanical Turk."""
    for element in subject.document.elements:
        for attribute in element.attributes:
            if attribute.name.startswith("on"):
                continue  # a script, in which this may be a template literal
            for match in PLACEHOLDER.finditer(attribute.value):
                is_object = attribute.name in _URL_ATTRIBUTES and element.tag not in _LINKS
                yield _placeholder(attribute.index, match, " | grant_read_access" * is_object)
        if element.tag not in ("script", "style"):
            for index, text in element.text:
                for match in PLACEHOLDER.finditer(text):
                    yield _placeholder(index + match.start(), match, "")


def _placeholder(index: int, match: re.Match[str], filters: str) -> Problem:
    return Problem(
        index,
        f"{match[0]} is Mechanical Turk's placeholder; in A2I write "
        f"{{{{ task.input.{match['name']}{filters} }}}}",
    )


@rule("relative-url", Severity.WARNING)
def relative_url(subject: Subject) -> Iterator[Problem]:
    """URLs are absolute: a template has no files beside it."""
    for element in subject.document.elements:
        for attribute in _urls(element):
            url = attribute.value.strip()
            if PLACEHOLDER.search(url):
                continue  # a rule of its own says what to write
            if url and not _ABSOLUTE.match(url) and not starts_with_liquid(url):
                yield Problem(
                    attribute.index,
                    f"{url!r} is relative, but a template has no files beside it; "
                    "use an https:// URL",
                )
