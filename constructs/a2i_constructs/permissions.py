"""The actions that the parts of a review need, named once.

No action ends in a wildcard, except where AWS documents the permission that way.
"""

READ_OBJECT = ["s3:GetObject"]
WRITE_OBJECT = ["s3:PutObject"]
DELETE_OBJECT = ["s3:DeleteObject"]
LIST_BUCKET = ["s3:ListBucket"]

DECRYPT = ["kms:Decrypt"]
ENCRYPT = ["kms:Decrypt", "kms:GenerateDataKey"]
# What DynamoDB needs of the caller to open a table under a customer's key.
USE_KEY_FOR_TABLE = ["kms:Decrypt", "kms:DescribeKey"]
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
END_LEDGER_ENTRY = ["dynamodb:GetItem", "dynamodb:UpdateItem"]

START_HUMAN_LOOP = ["sagemaker:StartHumanLoop"]
DESCRIBE_HUMAN_LOOP = ["sagemaker:DescribeHumanLoop"]

SEND_MESSAGE = ["sqs:SendMessage"]

# These two know no resource but the task token itself.
ANSWER_TASK = ["states:SendTaskFailure", "states:SendTaskSuccess"]

# Knows no resource level.
LIST_HUMAN_LOOPS = ["sagemaker:ListHumanLoops"]
PASS_ROLE = ["iam:PassRole"]
DESCRIBE_STACK = ["cloudformation:DescribeStacks"]

MANAGE_FLOW_DEFINITION = [
    "sagemaker:AddTags",
    "sagemaker:CreateFlowDefinition",
    "sagemaker:DeleteFlowDefinition",
    "sagemaker:DeleteTags",
    "sagemaker:DescribeFlowDefinition",
    "sagemaker:ListTags",
]
