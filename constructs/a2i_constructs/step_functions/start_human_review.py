"""Step Functions task state that sends a prediction to the starter and waits for its review."""

from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from a2i_constructs.flow.flow_definition import FlowDefinition
from a2i_constructs.runtime.human_loop_starter import HumanLoopStarter

_JSONATA_TOKEN = "{% $states.context.Task.Token %}"  # noqa: S105  an expression, no secret


class StartHumanReview(tasks.LambdaInvoke):
    """A task state that sends one prediction to the starter and waits for the review's end.

    It succeeds with `decision` `ReviewFinished`, `status` `Completed` and the `resultUri`, or at
    once with `ReviewNotNeeded` and `NotNeeded` when the policy lets the prediction pass. A start
    that Amazon A2I throttles goes through the starter's queue, and the task goes on waiting.

    Everything else is an error to catch:

    - `REFUSED`: this request can never start, and nothing of it is kept.
    - `WITHOUT_ANSWER`: the review has ended as expired, failed or stopped; the cause is the detail
      of its `Human Review Finished` event as JSON.
    - `States.Timeout`: the review has not ended in time. It goes on, and the same reviewId in a
      later execution joins it.

    Repeating the task is safe: the same reviewId with the same input is one review, and each task
    that asks for it is answered.

    Permissions run one way only, so that no dependency cycle comes about: the state machine's
    role may invoke the starter. The functions answer with `states:SendTaskSuccess` and
    `SendTaskFailure`, which know no resource but the token, so their roles name no state machine,
    and the starter can stand in another stack than its callers.
    """

    REFUSED = (
        "DocumentNotFoundError",
        "DocumentUnreadableError",
        "HumanLoopRefusedError",
        "InputTooLargeError",
        "InvalidRequestError",
        "MissingInputError",
        "ReviewIdConflictError",
        "TooManyTasksError",
        "UnknownFlowError",
    )
    WITHOUT_ANSWER = ("HumanReviewExpired", "HumanReviewFailed", "HumanReviewStopped")

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        starter: HumanLoopStarter,
        flow_definition: FlowDefinition,
        review_id: str,
        task_input: Any,
        prediction: Any = None,
        query_language: sfn.QueryLanguage = sfn.QueryLanguage.JSON_PATH,
        timeout: Duration | None = None,
        result_path: str | None = None,
        outputs: Any = None,
    ) -> None:
        """Define the state.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            starter: The runtime's.
            flow_definition: The workflow's.
            review_id: 1 to 128 characters that tell reviews apart, as an expression:
                `JsonPath.string_at("$.orderId")`, or in JSONata `"{% $states.input.orderId %}"`.
            task_input: What the template reads as `task.input`: `JsonPath.object_at("$.input")`, a
                JSONata expression, or a mapping whose values may be expressions.
            prediction: What the flow's policy judges, in the same forms. Default: none, so that
                every confidence is unknown and only `Never` and `Sample` keep the review from a
                person.
            query_language: Of the state; JSONPath takes `result_path`, JSONata `outputs`.
            timeout: How long the state waits for the review's end, in hours or days. Default: the
                starter's `queue_max_age` for a throttled start, and then as long as the flow's task
                is available and may be held: only a lost review ever reaches it.
            result_path: Where in the state's input the result goes, in JSONPath. Default: it
                replaces the input.
            outputs: The state's output in JSONata. Default: the result.

        Raises:
            ValueError: `timeout` is not given, and a duration that it would be derived from is a
                token.
        """
        is_jsonata = query_language == sfn.QueryLanguage.JSONATA
        request = {
            "reviewId": review_id,
            "flow": flow_definition.flow_name,
            "input": task_input,
            "taskToken": _JSONATA_TOKEN if is_jsonata else sfn.JsonPath.task_token,
        }
        if prediction is not None:
            request["prediction"] = prediction
        super().__init__(
            scope,
            construct_id,
            integration_pattern=sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
            lambda_function=starter.function,
            outputs=outputs,
            payload=sfn.TaskInput.from_object(request),
            query_language=query_language,
            result_path=result_path,
            task_timeout=sfn.Timeout.duration(timeout or _longest_review(starter, flow_definition)),
        )
        add_transient_retry(self)


def add_transient_retry(task: tasks.LambdaInvoke) -> None:
    """Retry throttling and StartDelayedError: 8 attempts, 2 s base, capped at 2 min, full jitter.

    CDK retries Lambda's own faults already.
    """
    task.add_retry(
        errors=["Lambda.TooManyRequestsException", "StartDelayedError"],
        interval=Duration.seconds(2),
        max_attempts=8,
        max_delay=Duration.minutes(2),
        jitter_strategy=sfn.JitterType.FULL,
    )


def _longest_review(starter: HumanLoopStarter, flow_definition: FlowDefinition) -> Duration:
    longest = starter.longest_review(flow_definition)
    if longest is None:
        raise ValueError(
            f"timeout must be given for flow {flow_definition.flow_name!r}: its task_availability "
            "or task_time_limit is a token, of which no timeout can be derived"
        )
    return longest
