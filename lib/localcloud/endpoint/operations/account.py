"""Operations of the services around an account: identities, keys, secrets, logs, queues."""

from __future__ import annotations

from localcloud.endpoint.operations.family import Listing, bookkeeping, real, refused

_INHERITED = "localcloud/aws/test_inherited.py"

STS = Listing(
    "sts",
    "STS",
    "sts",
    (
        real(
            "AssumeRole returns keys that can sign requests until they expire. The role "
            "must exist; its trust policy is ignored.",
            "AssumeRole GetCallerIdentity",
            _INHERITED,
        ),
        refused(
            "The lab issues temporary keys only through AssumeRole.",
            """AssumeRoleWithSAML AssumeRoleWithWebIdentity GetAccessKeyInfo GetFederationToken GetSessionToken""",
        ),
    ),
)

IAM = Listing(
    "iam",
    "IAM",
    "iam",
    (
        real(
            "Access keys sign requests to the AWS API until they are deactivated or deleted.",
            "CreateAccessKey DeleteAccessKey ListAccessKeys UpdateAccessKey",
            _INHERITED,
        ),
        bookkeeping(
            "Users, groups, roles, policies, and the policies that AWS manages. The lab keeps policies and does not "
            "apply them: any valid key can do everything.",
            """AddRoleToInstanceProfile AddUserToGroup AttachGroupPolicy AttachRolePolicy AttachUserPolicy
            CreateAccountAlias CreateGroup CreateInstanceProfile CreatePolicy CreatePolicyVersion CreateRole
            CreateServiceLinkedRole CreateUser DeleteAccountAlias DeleteAccountPasswordPolicy DeleteGroup
            DeleteGroupPolicy DeleteInstanceProfile DeletePolicy DeletePolicyVersion DeleteRole
            DeleteRolePermissionsBoundary DeleteRolePolicy DeleteServiceLinkedRole DeleteUser DeleteUserPolicy
            DetachGroupPolicy DetachRolePolicy DetachUserPolicy GetAccountAuthorizationDetails GetAccountPasswordPolicy
            GetAccountSummary GetGroup GetGroupPolicy GetInstanceProfile GetPolicy GetPolicyVersion GetRole
            GetRolePolicy GetServiceLinkedRoleDeletionStatus GetUser GetUserPolicy ListAccountAliases
            ListAttachedGroupPolicies ListAttachedRolePolicies ListAttachedUserPolicies ListEntitiesForPolicy
            ListGroupPolicies ListGroups ListGroupsForUser ListInstanceProfiles ListInstanceProfilesForRole
            ListMFADevices ListPolicies ListPolicyTags ListPolicyVersions ListRolePolicies ListRoleTags ListRoles
            ListUserPolicies ListUserTags ListUsers ListVirtualMFADevices PutGroupPolicy PutRolePermissionsBoundary
            PutRolePolicy PutUserPolicy RemoveRoleFromInstanceProfile RemoveUserFromGroup SetDefaultPolicyVersion
            TagInstanceProfile TagPolicy TagRole TagUser UntagInstanceProfile UntagPolicy UntagRole UntagUser
            UpdateAccountPasswordPolicy UpdateAssumeRolePolicy UpdateGroup UpdateRole UpdateRoleDescription
            UpdateUser""",
        ),
        bookkeeping(
            "Certificates, SSH keys and identity providers are kept; nobody can sign in with them.",
            """CreateOpenIDConnectProvider CreateSAMLProvider DeleteOpenIDConnectProvider DeleteSAMLProvider
            DeleteSSHPublicKey DeleteServerCertificate DeleteSigningCertificate GetOpenIDConnectProvider
            GetSAMLProvider GetSSHPublicKey GetServerCertificate ListOpenIDConnectProviderTags
            ListOpenIDConnectProviders ListSAMLProviders ListSSHPublicKeys ListServerCertificates
            ListSigningCertificates TagOpenIDConnectProvider UntagOpenIDConnectProvider
            UpdateOpenIDConnectProviderThumbprint UpdateSAMLProvider UpdateSSHPublicKey UpdateSigningCertificate
            UploadSSHPublicKey UploadServerCertificate UploadSigningCertificate""",
        ),
        refused(
            "The lab has no console to sign in to, and checks no MFA codes.",
            """CreateLoginProfile CreateVirtualMFADevice DeactivateMFADevice DeleteLoginProfile DeleteVirtualMFADevice
            EnableMFADevice GetLoginProfile UpdateLoginProfile""",
        ),
        refused(
            "The lab does not record when a key was used.",
            "GenerateCredentialReport GetAccessKeyLastUsed GetCredentialReport",
        ),
    ),
)

KMS = Listing(
    "kms",
    "KMS",
    "kms",
    (
        real(
            "Keys encrypt and decrypt, unless they are disabled or pending deletion.",
            """CancelKeyDeletion CreateAlias CreateKey Decrypt DeleteAlias DescribeKey DisableKey EnableKey Encrypt
            GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateRandom ListAliases ListKeys ReEncrypt
            ScheduleKeyDeletion UpdateAlias UpdateKeyDescription""",
            _INHERITED,
        ),
        bookkeeping(
            "Policies and grants are kept but not enforced; tags are kept. Rotation "
            "is only a setting: keys don't rotate.",
            """CreateGrant DisableKeyRotation EnableKeyRotation GetKeyPolicy GetKeyRotationStatus ListGrants
            ListKeyPolicies ListKeyRotations ListResourceTags ListRetirableGrants PutKeyPolicy RetireGrant RevokeGrant
            TagResource UntagResource""",
        ),
        refused(
            "The lab's KMS signs nothing. Sign with a library, and keep the key in Secrets Manager.",
            "GenerateMac GetPublicKey Sign Verify VerifyMac",
        ),
        refused("The lab neither rotates keys nor copies them to other regions.", "ReplicateKey RotateKeyOnDemand"),
    ),
)

SECRETS = Listing(
    "secretsmanager",
    "Secrets Manager",
    "secretsmanager",
    (
        real(
            "Secrets, with their versions and stages.",
            """BatchGetSecretValue CreateSecret DeleteSecret DescribeSecret GetRandomPassword GetSecretValue
            ListSecretVersionIds ListSecrets PutSecretValue RestoreSecret UpdateSecret UpdateSecretVersionStage""",
            _INHERITED,
        ),
        bookkeeping(
            "Policies are kept but not enforced; tags are kept.",
            "DeleteResourcePolicy GetResourcePolicy PutResourcePolicy TagResource UntagResource",
        ),
        refused(
            "The lab does not rotate secrets, which needs Lambda. Call PutSecretValue.",
            "CancelRotateSecret RotateSecret",
        ),
        refused(
            "The lab does not copy secrets to other regions.", "RemoveRegionsFromReplication ReplicateSecretToRegions"
        ),
    ),
)

LOGS = Listing(
    "logs",
    "CloudWatch Logs",
    "logs",
    (
        real(
            "Log groups, streams and events. Crawlers write theirs to /aws-glue/crawlers. A filter pattern can be a "
            "word or a phrase in quotes.",
            """CreateLogGroup CreateLogStream DeleteLogGroup DeleteLogStream DescribeLogGroups DescribeLogStreams
            FilterLogEvents GetLogEvents PutLogEvents""",
            _INHERITED,
        ),
        bookkeeping(
            "Tags and policies are kept. The lab keeps events longer than their retention policy.",
            """DeleteResourcePolicy DeleteRetentionPolicy DescribeResourcePolicies ListTagsForResource
            ListTagsLogGroup PutResourcePolicy PutRetentionPolicy TagLogGroup TagResource UntagLogGroup
            UntagResource""",
        ),
        refused(
            "The lab does not run Logs Insights queries or live tails. Call FilterLogEvents.",
            "DescribeQueries GetQueryResults StartLiveTail StartQuery",
        ),
        refused(
            "The lab does not deliver log events elsewhere or count them as metrics.",
            """CancelExportTask CreateDelivery CreateExportTask DeleteDelivery DeleteDeliveryDestination
            DeleteDeliveryDestinationPolicy DeleteDeliverySource DeleteDestination DeleteMetricFilter
            DeleteSubscriptionFilter DescribeDeliveries DescribeDeliveryDestinations DescribeDeliverySources
            DescribeDestinations DescribeExportTasks DescribeMetricFilters DescribeSubscriptionFilters GetDelivery
            GetDeliveryDestination GetDeliveryDestinationPolicy GetDeliverySource PutDeliveryDestination
            PutDeliveryDestinationPolicy PutDeliverySource PutDestination PutDestinationPolicy PutMetricFilter
            PutSubscriptionFilter""",
        ),
    ),
)

SNS = Listing(
    "sns",
    "SNS",
    "sns",
    (
        real(
            "Topics deliver to SQS queues. Any other subscription (email, SMS, HTTP, Lambda) is refused.",
            """CreateTopic DeleteTopic GetSubscriptionAttributes GetTopicAttributes ListSubscriptions
            ListSubscriptionsByTopic ListTopics Publish PublishBatch SetSubscriptionAttributes SetTopicAttributes
            Subscribe Unsubscribe""",
            _INHERITED,
        ),
        bookkeeping(
            "Permissions are kept but not enforced; tags are kept.",
            "AddPermission ListTagsForResource RemovePermission TagResource UntagResource",
        ),
        refused(
            "The lab sends no SMS or push messages, and does not confirm subscriptions.",
            """CheckIfPhoneNumberIsOptedOut ConfirmSubscription CreatePlatformApplication CreatePlatformEndpoint
            DeleteEndpoint DeletePlatformApplication GetEndpointAttributes GetPlatformApplicationAttributes
            GetSMSAttributes ListEndpointsByPlatformApplication ListPhoneNumbersOptedOut ListPlatformApplications
            OptInPhoneNumber SetEndpointAttributes SetPlatformApplicationAttributes SetSMSAttributes""",
        ),
    ),
)

SQS = Listing(
    "sqs",
    "SQS",
    "sqs",
    (
        real(
            "Queues store and deliver messages.",
            """ChangeMessageVisibility ChangeMessageVisibilityBatch CreateQueue DeleteMessage DeleteMessageBatch
            DeleteQueue GetQueueAttributes GetQueueUrl ListDeadLetterSourceQueues ListQueues PurgeQueue ReceiveMessage
            SendMessage SendMessageBatch SetQueueAttributes""",
            _INHERITED,
        ),
        bookkeeping(
            "Permissions are kept but not enforced; tags are kept.",
            "AddPermission ListQueueTags RemovePermission TagQueue UntagQueue",
        ),
    ),
)
