"""Operations of the services that manage others: tags, budgets, stacks."""

from __future__ import annotations

from localcloud.endpoint.operations.family import Listing, bookkeeping, real, refused

TAGGING = Listing(
    "tagging",
    "Resource Groups Tagging",
    "resourcegroupstaggingapi",
    (
        bookkeeping(
            "Tags of services whose state moto keeps, which does not include S3.",
            "GetResources GetTagKeys GetTagValues TagResources UntagResources",
        ),
    ),
)

BUDGETS = Listing(
    "budgets",
    "Budgets",
    "budgets",
    (
        bookkeeping(
            "Budgets are kept. The lab costs nothing and sends no email.",
            """CreateBudget CreateNotification DeleteBudget DeleteNotification DescribeBudget DescribeBudgets
            DescribeNotificationsForBudget""",
        ),
    ),
)

CLOUDFORMATION = Listing(
    "cloudformation",
    "CloudFormation",
    "cloudformation",
    (
        real("The lab's services create a stack's resources.", "CreateStack"),
        real(
            "Change sets that create a stack, and the calls to delete and describe one.",
            """CreateChangeSet DeleteChangeSet DeleteStack DescribeChangeSet DescribeStackEvents DescribeStackResource
            DescribeStackResources DescribeStacks ExecuteChangeSet GetTemplate GetTemplateSummary ListChangeSets
            ListExports ListStackResources ListStacks ValidateTemplate""",
            "localcloud/cloudformation/test_operations.py",
        ),
        refused("The lab does not change stacks. Delete the stack and create it again.", "UpdateStack"),
        refused("The lab does not enforce stack policies.", "GetStackPolicy SetStackPolicy"),
        refused(
            "The lab has one account and no stack sets. Create the stack in each region.",
            """CreateStackInstances CreateStackSet DeleteStackInstances DeleteStackSet DescribeStackInstance
            DescribeStackSet DescribeStackSetOperation ListStackInstances ListStackSetOperationResults
            ListStackSetOperations ListStackSets StopStackSetOperation UpdateStackInstances UpdateStackSet""",
        ),
    ),
)
