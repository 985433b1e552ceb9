"""Page of the preview for a template that cannot be rendered."""

from html import escape

from worker_template import TemplateRenderError

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>The template does not render</title>
<link rel="stylesheet" href="/pages/failure.css">
<main role="alert">
<h1>The template does not render</h1>
<p class="code">{code}</p>
<pre>{message}</pre>
<p>Save the file again: this page follows.</p>
</main>
</html>
"""


def failure_page(error: Exception) -> str:
    """Return a page that names the failure in A2I's words, where A2I has words for it."""
    if isinstance(error, TemplateRenderError):
        return _PAGE.format(code=escape(error.code), message=escape(error.message))
    return _PAGE.format(code=type(error).__name__, message=escape(str(error)))
