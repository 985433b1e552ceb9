"""The reasons that more than one construct has."""

OWN_DEFINITIONS = (
    "names of flow definitions end in a digest known after deployment; the stack's own hash in "
    "front of it keeps other stacks' definitions out"
)
FORMER_KEYS = (
    "decrypts only, through S3 or SQS only, and by the encryption context only what the stack's "
    "own buckets and queue hold: what was written before another key was set has a key that the "
    "template knows no more"
)
OWN_ROLES = (
    "roles below the path that holds the stack's own hash, which the stack makes for its flow "
    "definitions and nothing else"
)
OWN_TEAMS = (
    "names of work teams end in a number known after deployment; the stack's own hash in front of "
    "it keeps other stacks' teams out"
)
LISTS = (
    "sagemaker:ListFlowDefinitions, ListHumanLoops, ListWorkteams and iam:ListRoles know no "
    "resource level; they tell names and states"
)
TASK_TOKENS = (
    "states:SendTaskSuccess and SendTaskFailure know no resource: the token, which only the "
    "waiting execution hands out, is the authorization"
)
TRACES = (
    "neither do xray:PutTraceSegments and PutTelemetryRecords, which the option tracing adds; they "
    "tell names and times of calls"
)
