"""The actions that the parts of a review need, named once.

No action ends in a wildcard, except where AWS documents the permission that way.
"""

READ_OBJECT = ["s3:GetObject"]
LOCATE_BUCKET = ["s3:GetBucketLocation"]
WRITE_OBJECT = ["s3:PutObject"]
DELETE_OBJECT = ["s3:DeleteObject"]
LIST_BUCKET = ["s3:ListBucket"]
UPLOAD_IN_PARTS = ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]

DECRYPT = ["kms:Decrypt"]
ENCRYPT = ["kms:Decrypt", "kms:GenerateDataKey"]
# What DynamoDB needs of the caller to open a table under a customer's key.
USE_KEY_FOR_TABLE = ["kms:Decrypt", "kms:DescribeKey"]
# The list that the CloudWatch Logs guide gives for the service's own principal.
USE_KEY_FOR_LOGS = [
    "kms:Decrypt",
    "kms:Describe*",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
]
# The list that the A2I guide gives for the execution role of a flow definition with KmsKeyId.
USE_KEY_AS_FLOW = [
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
]

BEGIN_LEDGER_ENTRY = [
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
]
READ_LEDGER_ENTRY = ["dynamodb:GetItem"]
END_LEDGER_ENTRY = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
READ_OPEN_REVIEWS = ["dynamodb:Scan"]

# Human loops in the account are items of a table; see `account/`.
READ_ITEM = ["dynamodb:GetItem"]
READ_ITEMS = ["dynamodb:BatchGetItem", "dynamodb:GetItem"]
WRITE_ITEM = ["dynamodb:PutItem"]
DELETE_ITEM = ["dynamodb:DeleteItem"]
QUERY_ITEMS = ["dynamodb:Query"]
SCAN_INDEX = ["dynamodb:Scan"]
READ_STREAM = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
PUBLISH = ["sns:Publish"]
LIST_STREAMS = ["dynamodb:ListStreams"]
ASSUME_ROLE = ["sts:AssumeRole"]
INVOKE_API = ["execute-api:Invoke"]

START_HUMAN_LOOP = ["sagemaker:StartHumanLoop"]
DESCRIBE_HUMAN_LOOP = ["sagemaker:DescribeHumanLoop"]

SEND_MESSAGE = ["sqs:SendMessage"]
COUNT_MESSAGES = ["sqs:GetQueueAttributes"]
DENY_MESSAGES = ["sqs:SetQueueAttributes"]

PUT_EVENTS = ["events:PutEvents"]
READ_PARAMETERS = ["ssm:GetParametersByPath"]
# Neither knows a resource.
WRITE_TRACES = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]

INVOKE_FUNCTION = ["lambda:InvokeFunction"]
RESUME_FUNCTION = ["lambda:DeleteFunctionConcurrency", "lambda:PutFunctionConcurrency"]
PAUSE_FUNCTION = [*RESUME_FUNCTION, "lambda:GetFunctionConcurrency"]

# These two know no resource but the task token itself.
ANSWER_TASK = ["states:SendTaskFailure", "states:SendTaskSuccess"]
WATCH_EXECUTION = ["states:DescribeExecution", "states:StopExecution"]

# The four lists know no resource level.
LIST_FLOW_DEFINITIONS = ["sagemaker:ListFlowDefinitions"]
LIST_HUMAN_LOOPS = ["sagemaker:ListHumanLoops"]
LIST_WORKTEAMS = ["sagemaker:ListWorkteams"]
LIST_WORKFORCES = ["sagemaker:ListWorkforces"]
MANAGE_WORKFORCE = [
    "sagemaker:CreateWorkforce",
    "sagemaker:DeleteWorkforce",
    "sagemaker:UpdateWorkforce",
]
SET_UP_SIGN_IN = ["cognito-idp:DescribeUserPoolClient", "cognito-idp:UpdateUserPoolClient"]
SET_INVITATION = ["cognito-idp:DescribeUserPool", "cognito-idp:UpdateUserPool"]
MANAGE_MEMBERS = [
    "cognito-idp:AdminAddUserToGroup",
    "cognito-idp:AdminCreateUser",
    "cognito-idp:AdminListGroupsForUser",
    "cognito-idp:AdminRemoveUserFromGroup",
]
PASS_ROLE = ["iam:PassRole"]
DESCRIBE_STACK = ["cloudformation:DescribeStacks"]
LIST_STACK_RESOURCES = ["cloudformation:ListStackResources"]
READ_STACK = [*DESCRIBE_STACK, *LIST_STACK_RESOURCES]

DESCRIBE_FLOW_DEFINITION = ["sagemaker:DescribeFlowDefinition"]
DISCARD_FLOW_DEFINITION = ["sagemaker:DeleteFlowDefinition", *DESCRIBE_FLOW_DEFINITION]
DRAIN_FLOW_DEFINITION = [
    *DISCARD_FLOW_DEFINITION,
    "sagemaker:AddTags",
    "sagemaker:DeleteTags",
    "sagemaker:ListTags",
]
MANAGE_FLOW_DEFINITION = [
    "sagemaker:AddTags",
    "sagemaker:CreateFlowDefinition",
    "sagemaker:DeleteFlowDefinition",
    "sagemaker:DeleteTags",
    "sagemaker:DescribeFlowDefinition",
    "sagemaker:ListTags",
]
