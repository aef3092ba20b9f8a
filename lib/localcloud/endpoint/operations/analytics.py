"""Operations of Glue, Athena and Redshift."""

from __future__ import annotations

from localcloud.endpoint.operations.family import Listing, bookkeeping, real, refused

GLUE = Listing(
    "glue",
    "Glue",
    "glue",
    (
        real(
            "Databases, tables, partitions and their versions. Athena, Spectrum and crawlers use the same catalog.",
            """BatchCreatePartition BatchDeletePartition BatchDeleteTable BatchDeleteTableVersion BatchGetPartition
            BatchUpdatePartition CreateDatabase CreatePartition CreateTable DeletePartition DeleteTableVersion
            GetDatabases GetPartition GetPartitions GetTable GetTableVersion GetTableVersions GetTables SearchTables
            UpdatePartition UpdateTable""",
        ),
        real(
            "The same catalog, through moto's request handling.",
            "DeleteDatabase DeleteTable GetDatabase UpdateDatabase",
            "localcloud/glue/test_inherited.py",
        ),
        real(
            "Crawlers and classifiers. A crawl reads the objects and writes tables.",
            """BatchGetCrawlers CreateClassifier CreateCrawler DeleteClassifier DeleteCrawler GetClassifier
            GetClassifiers GetCrawler GetCrawlerMetrics GetCrawlers ListCrawlers ListCrawls StartCrawler
            StartCrawlerSchedule StopCrawler StopCrawlerSchedule UpdateClassifier UpdateCrawler
            UpdateCrawlerSchedule""",
        ),
        real(
            "The Schema Registry. A new version is checked against the schema's compatibility mode; AVRO and JSON.",
            """CheckSchemaVersionValidity CreateRegistry CreateSchema DeleteRegistry DeleteSchema DeleteSchemaVersions
            GetRegistry GetSchema GetSchemaByDefinition GetSchemaVersion GetSchemaVersionsDiff ListRegistries
            ListSchemaVersions ListSchemas PutSchemaVersionMetadata QuerySchemaVersionMetadata RegisterSchemaVersion
            RemoveSchemaVersionMetadata UpdateRegistry UpdateSchema""",
        ),
        real(
            "Jobs (glueetl, gluestreaming, pythonshell): a run is a process of its own, with bookmarks and logs.",
            """BatchGetJobs BatchStopJobRun CreateJob DeleteJob GetJob GetJobBookmark GetJobRun GetJobRuns GetJobs
            ListJobs ResetJobBookmark StartJobRun UpdateJob""",
        ),
        bookkeeping(
            "Kept with the table; the query engine does not read them.",
            """CreatePartitionIndex DeletePartitionIndex GetPartitionIndexes DeleteColumnStatisticsForPartition
            DeleteColumnStatisticsForTable GetColumnStatisticsForPartition GetColumnStatisticsForTable
            UpdateColumnStatisticsForPartition UpdateColumnStatisticsForTable""",
        ),
        bookkeeping(
            "Kept in the catalog; nothing calls the functions.",
            """CreateUserDefinedFunction DeleteUserDefinedFunction GetUserDefinedFunction GetUserDefinedFunctions
            UpdateUserDefinedFunction""",
        ),
        bookkeeping(
            "Connection records, which clients such as awswrangler read. Glue itself connects to nothing.",
            "CreateConnection GetConnection GetConnections",
        ),
        bookkeeping(
            "Policies are kept but not enforced; tags are kept.",
            "DeleteResourcePolicy GetResourcePolicy PutResourcePolicy GetTags TagResource UntagResource",
        ),
        bookkeeping("Reports that the catalog is not encrypted.", "GetDataCatalogEncryptionSettings"),
        refused(
            "The lab does not encrypt the catalog or crawl with a security configuration.",
            """PutDataCatalogEncryptionSettings CreateSecurityConfiguration DeleteSecurityConfiguration
            GetSecurityConfiguration GetSecurityConfigurations""",
        ),
        refused(
            "The lab does not fire Glue triggers. Give the crawler a schedule, or call StartCrawler.",
            """BatchGetTriggers CreateTrigger DeleteTrigger GetTrigger GetTriggers ListTriggers StartTrigger
            StopTrigger""",
        ),
        refused(
            "The lab does not run Glue workflows. Call the steps in order; `./lab run` shows one way.",
            """BatchGetWorkflows CreateWorkflow DeleteWorkflow GetWorkflow GetWorkflowRun GetWorkflowRunProperties
            GetWorkflowRuns ListWorkflows PutWorkflowRunProperties StartWorkflowRun StopWorkflowRun UpdateWorkflow""",
        ),
        refused(
            "The lab has no interactive Glue sessions or development endpoints. Use Spark in a notebook.",
            """CreateDevEndpoint CreateSession DeleteDevEndpoint DeleteSession GetDevEndpoint GetDevEndpoints GetSession
            ListSessions StopSession""",
        ),
        refused(
            "The lab does not train Glue ML transforms.",
            "CreateMLTransform DeleteMLTransform GetMLTransform GetMLTransforms",
        ),
    ),
)

ATHENA = Listing(
    "athena",
    "Athena",
    "athena",
    (
        real(
            "Queries run in Trino over the catalog and S3.",
            """BatchGetQueryExecution GetQueryExecution GetQueryResults GetQueryRuntimeStatistics ListQueryExecutions
            StartQueryExecution StopQueryExecution""",
        ),
        real(
            "Workgroups, saved queries, prepared statements and the catalog's metadata.",
            """BatchGetNamedQuery BatchGetPreparedStatement CreateDataCatalog CreateNamedQuery CreatePreparedStatement
            CreateWorkGroup DeleteDataCatalog DeleteNamedQuery DeletePreparedStatement DeleteWorkGroup GetDataCatalog
            GetDatabase GetNamedQuery GetPreparedStatement GetTableMetadata GetWorkGroup ListDataCatalogs ListDatabases
            ListEngineVersions ListNamedQueries ListPreparedStatements ListTableMetadata ListWorkGroups
            UpdateDataCatalog UpdateNamedQuery UpdatePreparedStatement UpdateWorkGroup""",
        ),
        bookkeeping("Tags are kept.", "ListTagsForResource TagResource UntagResource"),
    ),
)

REDSHIFT = Listing(
    "redshift",
    "Redshift",
    "redshift",
    (
        real(
            "A temporary password that the gateway accepts until it expires.",
            "GetClusterCredentials GetClusterCredentialsWithIAM",
        ),
        real(
            "The lab's only cluster, at the gateway's address.",
            "DescribeClusters",
            "localcloud/redshift/test_cluster_api.py",
        ),
        bookkeeping(
            "Reports that there is nothing besides the cluster.",
            """DescribeClusterParameterGroups DescribeClusterParameters DescribeClusterSecurityGroups
            DescribeClusterSnapshots DescribeClusterSubnetGroups DescribeDefaultClusterParameters DescribeLoggingStatus
            DescribeSnapshotCopyGrants""",
        ),
        bookkeeping("Tags are kept.", "CreateTags DeleteTags DescribeTags"),
        refused(
            "The lab has one Redshift cluster, which always runs. Start and stop it with `./lab up` and `./lab down`.",
            "CreateCluster DeleteCluster ModifyCluster PauseCluster ResumeCluster",
        ),
        refused(
            "The lab does not take snapshots. Use UNLOAD to keep data.",
            """CreateClusterSnapshot CreateSnapshotCopyGrant DeleteClusterSnapshot DeleteSnapshotCopyGrant
            DisableSnapshotCopy EnableSnapshotCopy ModifySnapshotCopyRetentionPeriod RestoreFromClusterSnapshot""",
        ),
        refused(
            "The lab does not write audit logs to S3. Query stl_connection_log instead.", "DisableLogging EnableLogging"
        ),
        refused(
            "The lab's cluster has no parameter, security or subnet groups.",
            """AuthorizeClusterSecurityGroupIngress CreateClusterParameterGroup CreateClusterSecurityGroup
            CreateClusterSubnetGroup DeleteClusterParameterGroup DeleteClusterSecurityGroup
            DeleteClusterSubnetGroup""",
        ),
    ),
)

REDSHIFT_DATA = Listing(
    "redshift-data",
    "Redshift Data API",
    "redshift-data",
    (
        real(
            "Statements run in the warehouse.",
            """BatchExecuteStatement CancelStatement DescribeStatement DescribeTable ExecuteStatement
            GetStatementResult GetStatementResultV2 ListDatabases ListSchemas ListStatements ListTables""",
        ),
    ),
)

REDSHIFT_SERVERLESS = Listing(
    "redshift-serverless",
    "Redshift Serverless",
    "redshift-serverless",
    (
        real(
            "A namespace is a database and its owner behind the gateway; a workgroup is the gateway's address.",
            """CreateNamespace CreateWorkgroup DeleteNamespace DeleteWorkgroup GetCredentials GetNamespace GetWorkgroup
            ListNamespaces ListWorkgroups""",
        ),
        bookkeeping(
            "Limits are kept, not enforced. Tags are kept.", "CreateUsageLimit ListUsageLimits ListTagsForResource"
        ),
    ),
)
