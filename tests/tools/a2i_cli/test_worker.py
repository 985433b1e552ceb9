"""`a2i worker` against a Cognito user pool and a work team on the local AWS."""

import json

import pytest

from tests.tools.a2i_cli.small_stack import A2ICommand, DeployedStack


@pytest.fixture
def with_flow(stack: DeployedStack) -> DeployedStack:
    stack.add_flow()
    return stack


def _emails(a2i: A2ICommand, stack: DeployedStack) -> set[str]:
    listed = a2i("worker", "list", "--stack", stack.name, "--json")
    assert listed.exit_code == 0, listed.stderr
    return {worker["email"] for worker in json.loads(listed.stdout)}


def test_invites_lists_and_removes(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    added = a2i("worker", "add", "ann@example.com", "bob@example.com", "--stack", with_flow.name)
    assert added.exit_code == 0, added.stderr
    assert "ann@example.com: invited, in group reviewers" in added.stderr
    assert {"ann@example.com", "bob@example.com"} <= _emails(a2i, with_flow)
    removed = a2i("worker", "remove", "ann@example.com", "--yes", "--stack", with_flow.name)
    assert removed.exit_code == 0, removed.stderr
    emails = _emails(a2i, with_flow)
    assert "ann@example.com" not in emails
    assert "bob@example.com" in emails


def test_adding_a_user_that_exists_only_puts_it_into_the_team(
    a2i: A2ICommand, with_flow: DeployedStack
) -> None:
    stack = with_flow.name
    a2i("worker", "add", "cleo@example.com", "--stack", stack)
    a2i("worker", "remove", "cleo@example.com", "--yes", "--stack", stack)
    added = a2i("worker", "add", "cleo@example.com", "--stack", stack)
    assert "added, without a new invitation" in added.stderr
    again = a2i("worker", "add", "cleo@example.com", "--stack", stack)
    assert again.exit_code == 0
    assert "cleo@example.com" in _emails(a2i, with_flow)


def test_invites_again(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    a2i("worker", "add", "dan@example.com", "--stack", with_flow.name)
    resent = a2i("worker", "add", "dan@example.com", "--resend", "--stack", with_flow.name)
    assert resent.exit_code == 0, resent.stderr
    assert "dan@example.com: invited" in resent.stderr


def test_lists_more_workers_than_a_page_holds(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    emails = [f"worker{number}@example.com" for number in range(65)]
    assert a2i("worker", "add", *emails, "--stack", with_flow.name).exit_code == 0
    assert set(emails) <= _emails(a2i, with_flow)
    a2i("worker", "remove", *emails, "--yes", "--stack", with_flow.name)


def test_fails_to_remove_who_is_not_in_the_team(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    removed = a2i("worker", "remove", "zoe@example.com", "--yes", "--stack", with_flow.name)
    assert removed.exit_code == 1
    assert "'zoe@example.com' is in none of the groups reviewers" in removed.stderr


def test_refuses_what_is_no_address(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    added = a2i("worker", "add", "zoe", "--stack", with_flow.name)
    assert added.exit_code == 2
    assert "an e-mail address is due, got 'zoe'" in added.stderr


def test_fails_for_an_unknown_group(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    added = a2i("worker", "add", "a@example.com", "--group", "others", "--stack", with_flow.name)
    assert added.exit_code == 1
    assert "no single group is named 'others'; the work teams have: reviewers" in added.stderr
