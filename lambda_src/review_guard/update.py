"""Update guard: resources that pending reviews need, compared before and after an update."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from a2i_shared.errors import NeededByReviewsError
from review_guard.pending import Counter
from review_guard.work_teams import WorkTeams

_REMEDIES = (
    (
        "keys",
        "key",
        "name it in a2i.data.formerKmsKeyArns; in an app of your own, in former_keys of "
        "ReviewRuntime",
    ),
    (
        "buckets",
        "bucket",
        "name it in a2i.data.formerBuckets; in an app of your own, in former_buckets of "
        "ReviewRuntime",
    ),
    ("read_access", "read access to", "go on granting it"),
    ("roles", "permissions of role", "go on passing it to the flows"),
)


@dataclass(frozen=True)
class Needs:
    """The properties of the update guard.

    Attributes:
        keys: ARNs of the keys that content is encrypted with, former ones included.
        buckets: Names of the buckets that hold content, former ones included.
        read_access: ARNs of further objects that reviewers may see.
        roles: ARNs of the roles that flow definitions run with.
        places: Paths in the template of key, workforce and work teams.
        deleted: ARNs of key and workforce that are deleted when they leave their places.
        deleted_teams: The same of work teams.
        backends: Where human loops begin, and where they drain.
    """

    keys: frozenset[str]
    buckets: frozenset[str]
    read_access: frozenset[str]
    roles: frozenset[str]
    places: frozenset[str] = frozenset()
    deleted: Mapping[str, str] = field(default_factory=dict)
    deleted_teams: Mapping[str, str] = field(default_factory=dict)
    backends: frozenset[str] = frozenset({"a2i"})

    @classmethod
    def parse(cls, properties: Mapping[str, Any]) -> Needs:
        """Read them from a custom resource's properties; one that is missing is empty."""
        return cls(
            keys=frozenset(properties.get("Keys", ())),
            buckets=frozenset(properties.get("Buckets", ())),
            read_access=frozenset(properties.get("ReadAccess", ())),
            roles=frozenset(properties.get("Roles", ())),
            places=frozenset(properties.get("Places", ())),
            deleted=dict(properties.get("Deleted", {})),
            deleted_teams=dict(properties.get("DeletedTeams", {})),
            backends=frozenset(properties.get("Backends", ("a2i",))),
        )


@dataclass(frozen=True)
class UpdateGuard:
    """The update guard of one stack."""

    counter: Counter
    work_teams: WorkTeams

    def allow_update(self, old: Needs, new: Needs) -> None:
        """Return if pending reviews lose nothing by the update.

        Raises:
            NeededByReviewsError: Says what they would lose, and how to keep it.
        """
        self._keep_backends(old, new)
        lost = [*_lost(old, new), *_lost_places(old, new), *self._lost_teams(old, new)]
        if not lost:
            return
        pending = self.counter.count()
        if pending:
            raise NeededByReviewsError(
                f"the update would take from pending reviews what they need: {'; '.join(lost)}. "
                f"pending are {pending}: keep it until they are finished, or discard them with "
                "'a2i flow discard-pending --queued'; then deploy again"
            )

    def _keep_backends(self, old: Needs, new: Needs) -> None:
        """Keep a backend while a review is open whose human loop is in none of those that stay.

        The guard asks with the clients that the update has given it already: a loop that they do
        not know counts as ended, its review as one that was not told.
        """
        dropped = ", ".join(sorted(old.backends - new.backends))
        if not dropped:
            return
        left_behind = self.counter.count().untold
        if left_behind:
            raise NeededByReviewsError(
                f"the update would leave {left_behind} reviews behind in backend {dropped}: name "
                "it in a2i.backend.drain, in an app of your own in drain of ReviewBackend, until "
                "they are finished; then deploy again"
            )

    def _lost_teams(self, old: Needs, new: Needs) -> Iterator[str]:
        """A team that is replaced in its place stays; one that loses its place is deleted."""
        deleted = {old.deleted_teams[place] for place in old.deleted_teams.keys() - new.places}
        if deleted:
            for arn in sorted(deleted & self.work_teams.in_use()):
                yield (
                    f"work team {arn} (it would be deleted: keep it in the template, or "
                    f"{_retaining('a2i.workforce')})"
                )


def _lost(old: Needs, new: Needs) -> Iterator[str]:
    for attribute, kind, remedy in _REMEDIES:
        for name in sorted(getattr(old, attribute) - getattr(new, attribute)):
            yield f"{kind} {name} ({remedy})"


def _lost_places(old: Needs, new: Needs) -> Iterator[str]:
    """A deleted key decrypts nothing, whoever names it; with a workforce go its people."""
    for place in sorted(old.deleted.keys() - new.places):
        arn = old.deleted[place]
        settings = "a2i.data" if ":kms:" in arn else "a2i.workforce"
        yield f"{arn} (it would be deleted: {_retaining(settings)})"


def _retaining(settings: str) -> str:
    return (
        f'first deploy with {settings}.removalPolicy "retain"; in an app of your own, with a '
        "removal_policy that retains it"
    )
