"""Saves the state of MiniStack's services while it runs, not only at an orderly end.

MiniStack keeps objects of S3 on disk at once, everything else in memory until it is shut down.
"""

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from ministack import app
from ministack.core import persistence
from starlette.types import ASGIApp, Receive, Scope, Send

log = logging.getLogger(__name__)

GetState = Callable[[], Any]
# What a human loop cannot end without: its role, its reviewers, its bucket, its key.
NEEDED_BY_A2I = ("iam", "cognito", "s3", "kms")
_PAUSE_SECONDS = 0.5
_AT_LATEST_SECONDS = 5.0
_SHARE_OF_TIME = 10  # saving takes at most a tenth of the time, however much there is to save
_ATTEMPTS = 5


class StateSaver:
    """Writes the services' state files, each only when its content is another than before."""

    def __init__(self) -> None:
        self._digests: dict[str, bytes] = {}
        self._lock = threading.Lock()
        self._changed = threading.Event()
        self._ended = threading.Event()

    def save_what_a2i_needs(self) -> None:
        """Return when it is on disk."""
        self._save(NEEDED_BY_A2I)

    def after_requests(self, application: ASGIApp) -> ASGIApp:
        """Wrap MiniStack so that every request counts as a change."""

        async def noting(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                await application(scope, receive, send)
            finally:
                self._changed.set()

        return noting

    @contextmanager
    def running(self) -> Iterator[None]:
        """Save in the background while the block runs, about half a second after a change."""
        thread = threading.Thread(target=self._run, name="state-saver", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            self._changed.set()
            thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            # Not every change comes with a request: queues are polled, schedules fire.
            self._changed.wait(_AT_LATEST_SECONDS)
            self._changed.clear()
            started = time.monotonic()
            self._save(app._build_persistence_save_dict())
            took = time.monotonic() - started
            self._ended.wait(max(_PAUSE_SECONDS, took * _SHARE_OF_TIME))

    def _save(self, services: Iterable[str]) -> None:
        with self._lock:
            states = app._build_persistence_save_dict()
            for name in services:
                if name in states:
                    self._save_one(name, states[name])

    def _save_one(self, name: str, get_state: GetState) -> None:
        try:
            state, digest = _snapshot(get_state)
        except Exception:
            # One service that cannot be saved must not cost the others.
            log.exception("the state of %s cannot be saved", name)
            return
        if digest is None:
            log.warning("%s changes faster than it can be saved; trying again", name)
            self._changed.set()
        elif state is not None and self._digests.get(name) != digest:
            persistence.save_state(name, state)
            self._digests[name] = digest


class NoSaver:
    """StateSaver of a local AWS without a state folder."""

    def save_what_a2i_needs(self) -> None:
        """There is nothing to wait for."""

    def after_requests(self, application: ASGIApp) -> ASGIApp:
        return application

    @contextmanager
    def running(self) -> Iterator[None]:
        yield


def _snapshot(get_state: GetState) -> tuple[Any, bytes | None]:
    """Return the state and its digest; no digest if it changed while it was read."""
    for _ in range(_ATTEMPTS):
        try:
            state = get_state()
            text = json.dumps(state, default=persistence._json_default)
        except RuntimeError:  # a dictionary changed while it was copied
            continue
        return state, hashlib.sha256(text.encode()).digest()
    return None, None
