"""Finished reviews of a stack, read lazily from the output bucket."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from a2i_client.documents import read_json
from a2i_client.errors import ReviewsError
from a2i_client.review import Result
from a2i_client.stack_parts import StackParts
from a2i_core.names import RESULTS_PREFIX

if TYPE_CHECKING:
    import pandas
    from mypy_boto3_s3 import S3Client

# S3 cuts the time of writing to seconds, and its clock is another than that of the functions.
_CLOCK_MARGIN = timedelta(minutes=1)
_TIMES = ("startedAt", "finishedAt")


class Results:
    """Finished reviews, as `Reviews.results` returns them; each iteration reads them anew."""

    def __init__(
        self, s3: "S3Client", parts: StackParts, *, flow: str | None, since: datetime | None
    ) -> None:
        """Look at the results of a stack.

        Args:
            s3: boto3 client that reads them.
            parts: Names of the stack's parts.
            flow: Name of the flow; None for all.
            since: Time from which on the reviews ended, with a time zone; None for all.

        Raises:
            ValueError: `since` has no time zone.
        """
        if since is not None and since.tzinfo is None:
            raise ValueError(
                f"since must have a time zone, got {since.isoformat()}: use for example"
                " datetime.now(UTC) - timedelta(days=1)"
            )
        self._s3 = s3
        self._parts = parts
        self._flow = flow
        self._since = since

    def __iter__(self) -> Iterator[Result]:
        """Yield each result once it is read.

        Raises:
            ReviewsError: the stack has no such flow, and no results of a removed one.
        """
        for uri in self._uris():
            try:
                result = Result.from_document(read_json(self._s3, uri))
            except self._s3.exceptions.NoSuchKey:
                continue  # erased since it was listed
            if self._since is None or (result.finished_at and result.finished_at >= self._since):
                yield result

    def to_dataframe(self) -> "pandas.DataFrame":
        """Return a pandas DataFrame with one row per result, the oldest end first.

        Its columns are the fields of result.json; those of nested objects have dotted names, such
        as `answer.sentiment.label`.

        Raises:
            ModuleNotFoundError: pandas is not installed.
        """
        try:
            import pandas  # noqa: PLC0415 -- optional, and slow to import
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                "to_dataframe needs pandas, which is not installed: pip install pandas",
                name="pandas",
            ) from error
        frame = pandas.json_normalize([result.document for result in self])
        if frame.empty:
            return frame
        for column in _TIMES:
            frame[column] = pandas.to_datetime(frame[column])
        return frame.sort_values("finishedAt", ignore_index=True)

    def _uris(self) -> Iterator[str]:
        """S3 URIs of the results, of which some may have ended before `since`."""
        bucket = self._parts.output_bucket
        prefix = RESULTS_PREFIX if self._flow is None else f"{RESULTS_PREFIX}{self._flow}/"
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        found = False
        for page in pages:
            for stored in page.get("Contents", []):
                found = True
                if self._since is None or stored["LastModified"] >= self._since - _CLOCK_MARGIN:
                    yield f"s3://{bucket}/{stored['Key']}"
        if not found:
            self._refuse_unknown_flow()

    def _refuse_unknown_flow(self) -> None:
        if self._flow is not None and self._flow not in self._parts.flows:
            raise ReviewsError(
                f"stack {self._parts.stack_name} has no flow {self._flow!r}, and no results of a"
                f" removed one; it has: {', '.join(self._parts.flows) or 'none'}"
            )
