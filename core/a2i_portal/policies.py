"""Security headers that keep a task's untrusted HTML from reaching other hosts.

The portal's page shows a task in a frame. The frame is sandboxed without `allow-same-origin`, so
the template's scripts get an origin of their own: they cannot read the page, its storage or the
API. The content security policies keep every request of page and frame on this server.
"""

from collections.abc import Sequence

PDF = "application/pdf"
SANDBOX = "allow-scripts allow-forms allow-modals"


def page_headers(frame_ancestors: str = "'none'", *, sign_in: str = "") -> dict[str, str]:
    """Headers of the pages around a task; `frame-src` also stops a task that navigates away.

    `sign_in`: origin of a sign-in of its own, from which the page gets tokens.
    """
    return _headers(
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        f"connect-src 'self' {sign_in}".strip(),
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        f"frame-ancestors {frame_ancestors}",
    )


def task_headers(*, elements: str, objects: str, beyond: Sequence[str] = ()) -> dict[str, str]:
    """Headers of a rendered task.

    Inline scripts and `eval` stay allowed because A2I's templates use them. The sandbox is stated
    here too, so that it holds wherever the document is opened.

    Args:
        elements: Where the crowd elements come from, as source of a content security policy.
        objects: Likewise of the task's S3 objects.
        beyond: Origins to which the addresses of objects redirect.
    """
    objects = " ".join((objects, *beyond))
    policy = _headers(
        "default-src 'none'",
        f"script-src {elements} 'unsafe-inline' 'unsafe-eval'",
        f"style-src {elements} 'unsafe-inline'",
        f"img-src {objects} data: blob:",
        f"media-src {objects} data: blob:",
        "font-src data:",
        f"connect-src {objects} data: blob:",
        f"frame-src {objects}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        f"sandbox {SANDBOX}",
    )
    # What no directive covers: WebRTC, also in frames that the template makes, and connections
    # opened ahead. `webrtc 'block'` would say it too, but no browser knows it.
    redirects = ";redirects=allow" if beyond else ""
    return {**policy, "Connection-Allowlist": f"(response-origin){redirects}"}


def cdn_task_headers() -> dict[str, str]:
    """Headers of a task that may load Amazon's elements, and whatever else it names, by HTTPS."""
    return _headers(
        "default-src 'self' https: data: blob: 'unsafe-inline' 'unsafe-eval'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
        f"sandbox {SANDBOX}",
    )


def object_headers(content_type: str) -> dict[str, str]:
    """Headers of an S3 object: readable by the task's origin, never a page that runs scripts.

    A PDF has no policy, as browsers show none in a sandbox; its viewer keeps it apart.
    """
    if content_type == PDF:
        return {"X-Content-Type-Options": "nosniff", **readable_by_tasks()}
    return {
        **_headers("default-src 'none'", "style-src 'unsafe-inline'", "img-src data:", "sandbox"),
        **readable_by_tasks(),
    }


def readable_by_tasks() -> dict[str, str]:
    """A sandboxed task has the origin `null`, which only `*` lets in."""
    return {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


def text_headers() -> dict[str, str]:
    """Headers of an answer in words: nothing in it is loaded or run."""
    return _headers("default-src 'none'", "sandbox", "frame-ancestors 'self'")


def static_headers() -> dict[str, str]:
    """Headers of a file whose path names its content: browsers never ask for it again."""
    return {
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "public, max-age=31536000, immutable",
        **readable_by_tasks(),
    }


def _headers(*directives: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": "; ".join(directives),
        "X-Content-Type-Options": "nosniff",
        "X-DNS-Prefetch-Control": "off",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
