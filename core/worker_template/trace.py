"""Where in the template each part of a rendering comes from."""

from bisect import bisect_right
from io import StringIO


class TracedBuffer(StringIO):
    """A rendering that remembers which part of the template wrote what."""

    def __init__(self) -> None:
        super().__init__()
        self._starts: list[int] = []
        self._origins: list[int] = []
        self._is_text: list[bool] = []

    def mark_text(self, origin: int) -> None:
        """What is written next is the template's own text, from `origin` on."""
        self._mark(origin, is_text=True)

    def mark_output(self, origin: int) -> None:
        """What is written next is the value of the Liquid statement at `origin`."""
        self._mark(origin, is_text=False)

    def origin(self, index: int) -> int:
        """The template's index that the rendering's `index` comes from."""
        at = bisect_right(self._starts, index) - 1
        if at < 0:
            return 0
        inside = index - self._starts[at] if self._is_text[at] else 0
        return self._origins[at] + inside

    def _mark(self, origin: int, *, is_text: bool) -> None:
        self._starts.append(self.tell())
        self._origins.append(origin)
        self._is_text.append(is_text)
