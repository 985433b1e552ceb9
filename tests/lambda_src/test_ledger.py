from __future__ import annotations

from datetime import UTC, datetime

import pytest

from a2i_core.statuses import ReviewStatus
from a2i_shared.ledger import Ending, Ledger, LedgerEntry
from tests.lambda_src.account import Account

NAME = "sentiment-0123456789abcdef0123"
COMPLETED = Ending(
    status=ReviewStatus.COMPLETED,
    finished_at="2026-11-22T10:30:00.000Z",
    result_uri="s3://output/result.json",
    output_uri=None,
    failure_code=None,
)
NOW = datetime(2026, 11, 22, 11, tzinfo=UTC)


@pytest.fixture
def ledger(account: Account) -> Ledger:
    ledger = account.ledger()
    ledger.add(
        LedgerEntry(
            human_loop_name=NAME,
            review_id="order-1234",
            flow="sentiment",
            status=ReviewStatus.STARTING,
            input_digest="d",
            reasons=("confidence 0.71 is below 0.99",),
            consolidation={"*": "first"},
            started_at="2026-11-22T10:00:00.000Z",
            task_tokens=frozenset({"token"}),
            open_flow="sentiment",
        )
    )
    return ledger


def entry_of(ledger: Ledger) -> LedgerEntry:
    entry = ledger.get(NAME)
    assert entry is not None
    return entry


def test_an_entry_is_read_as_it_was_written(ledger: Ledger) -> None:
    entry = entry_of(ledger)

    assert entry.reasons == ("confidence 0.71 is below 0.99",)
    assert entry.consolidation == {"*": "first"}
    assert entry.task_tokens == {"token"}


def test_a_second_entry_of_the_name_is_not_written(ledger: Ledger) -> None:
    first = entry_of(ledger)

    assert ledger.add(first.model_copy(update={"review_id": "other"})) == first
    assert entry_of(ledger) == first


def test_a_review_ends_once(ledger: Ledger) -> None:
    stopped = COMPLETED.model_copy(update={"status": ReviewStatus.STOPPED})

    assert ledger.end(NAME, COMPLETED)
    assert not ledger.end(NAME, stopped)
    assert entry_of(ledger).status is ReviewStatus.COMPLETED


def test_a_review_that_has_ended_is_not_in_progress_again(ledger: Ledger) -> None:
    ledger.end(NAME, COMPLETED)

    assert ledger.mark_in_progress(NAME, human_loop_arn="a", flow_definition_arn="f") is None
    assert entry_of(ledger).status is ReviewStatus.COMPLETED


def test_only_a_review_that_was_not_started_is_withdrawn(ledger: Ledger) -> None:
    ledger.mark_in_progress(NAME, human_loop_arn="a", flow_definition_arn="f")

    assert not ledger.withdraw(NAME)
    assert ledger.get(NAME) is not None


def test_an_entry_that_another_attempt_has_joined_is_not_withdrawn(ledger: Ledger) -> None:
    assert ledger.join(NAME, task_token=None) is not None

    assert not ledger.withdraw(NAME)
    assert ledger.get(NAME) is not None


def test_why_a_review_cannot_start_is_forgotten_once_it_runs(ledger: Ledger) -> None:
    ledger.note_failure(NAME, "MissingInputError")
    assert entry_of(ledger).failure_code == "MissingInputError"

    ledger.mark_in_progress(NAME, human_loop_arn="a", flow_definition_arn="f")
    ledger.note_failure(NAME, "MissingInputError")

    assert entry_of(ledger).failure_code is None


def test_an_unknown_review_cannot_be_changed_into_being(ledger: Ledger) -> None:
    assert not ledger.end("unknown", COMPLETED)
    assert ledger.join("unknown", "token") is None
    assert ledger.get("unknown") is None


def test_an_entry_stays_open_while_a_task_is_not_answered(ledger: Ledger) -> None:
    ledger.end(NAME, COMPLETED)
    told = entry_of(ledger)
    ledger.join(NAME, "late")

    assert not ledger.close(told, at=NOW)
    assert entry_of(ledger).open_flow == "sentiment"
    assert ledger.close(entry_of(ledger), at=NOW)
    assert entry_of(ledger).open_flow is None


def test_a_closed_entry_takes_no_more_tasks(ledger: Ledger) -> None:
    ledger.end(NAME, COMPLETED)
    ledger.close(entry_of(ledger), at=NOW)

    assert ledger.join(NAME, "late") is None


def test_retention_counts_from_the_end(account: Account, ledger: Ledger) -> None:
    ledger.end(NAME, COMPLETED)
    ledger.close(entry_of(ledger), at=NOW)

    assert entry_of(ledger).expires_at == int(NOW.timestamp()) + 30 * 86_400


def test_without_retention_nothing_expires(account: Account, ledger: Ledger) -> None:
    forever = Ledger(account.dynamodb, account.table)
    forever.end(NAME, COMPLETED)
    forever.close(entry_of(forever), at=NOW)

    assert entry_of(forever).expires_at is None
