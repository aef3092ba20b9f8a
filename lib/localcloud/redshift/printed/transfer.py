"""Examples of COPY and UNLOAD that don't run here, or come out differently.

https://docs.aws.amazon.com/redshift/latest/dg/
"""

from __future__ import annotations

from localcloud.redshift.printed.difference import DATA, GUIDE, LAB, SERVICE, SESSION, Difference

COPY = (
    Difference(
        "r_COPY_command_examples, copy-usage_notes-access-permissions and others",
        "IAM_ROLE with the account 0123456789012",
        "Refused: an account has 12 digits. The examples run with `IAM_ROLE default`.",
        GUIDE,
    ),
    Difference(
        "r_COPY_command_examples, automatic-recognition, copy-parameters-data-source-dynamodb",
        "COPY from `dynamodb://`",
        "Refused",
        SERVICE,
    ),
    Difference(
        "r_COPY_command_examples, copy-parameters-data-source-emr, load-from-emr-steps-run-copy",
        "COPY from `emr://`",
        "Refused",
        SERVICE,
    ),
    Difference("copy-parameters-data-source-ssh, load-from-host-steps-run-copy", "COPY with SSH", "Refused", SERVICE),
    Difference("r_COPY_command_examples", "Shapefiles, SVL_SPATIAL_SIMPLIFY (18 statements)", "Refused", LAB),
    Difference("r_COPY_command_examples", "`REPLACE(c2, \\n',\\\\n')`", "A syntax error: a quote is missing.", GUIDE),
    Difference("copy-usage_notes-hll", "A table with HLLSKETCH; `FROMs3://`", "Refused; and a blank is missing.", LAB),
    Difference("t_loading-gzip-compressed-data-files-from-S3", "COPY with LZOP", "Refused", LAB),
    Difference(
        "c_loading-encrypted-files, copy-parameters-authorization", "COPY with a MASTER_SYMMETRIC_KEY", "Refused", LAB
    ),
    Difference(
        "r_COPY",
        "CATDEMO from `s3://awssampledbuswest2` with REGION 'us-west-2'",
        "Refused: the lab has one Region.",
        DATA,
    ),
    Difference("r_COPY-JOB, loading-data-copy-job", "COPY JOB", "Refused", LAB),
    Difference("tutorial-loading-run-copy", "The SSB tables from `s3://awssampledb`", "No such files", DATA),
    Difference(
        "t_Validating_input_files",
        "The error of a wrong path",
        "`The specified S3 prefix '...' does not exist`",
        LAB,
    ),
    Difference(
        "verifying-that-data-loaded-correctly",
        "STL_LOAD_COMMITS",
        "Query numbers and times are of this session; file names begin with `s3://`, as on the page of the view.",
        SESSION,
    ),
    Difference(
        "system-tables-for-troubleshooting-data-loads",
        "LOADVIEW, error 1214",
        "`colname` is empty, where the page shows 0.",
        LAB,
    ),
    Difference(
        "automatic-recognition",
        "`J2345678 04:05:06.789` as a TIMESTAMP",
        "The fraction of the second is kept.",
        GUIDE,
    ),
)
UNLOAD = (
    Difference(
        "r_UNLOAD_command_examples, t_Unloading_tables",
        "Four files, and a manifest of four",
        "One file: the lab writes for two slices, and a small result goes to the first.",
        LAB,
    ),
    Difference(
        "r_UNLOAD_command_examples, t_Unloading_tables",
        "Another UNLOAD to the same prefix",
        "Refused without ALLOWOVERWRITE, as r_UNLOAD says.",
        GUIDE,
    ),
    Difference(
        "r_UNLOAD_command_examples",
        "`lineorder_serial_0000.gz`",
        "`lineorder_serial_000.gz`. The example before it on the page has three digits, too.",
        GUIDE,
    ),
    Difference(
        "r_UNLOAD_command_examples",
        'ADDQUOTES: `1,"Phoenix, AZ"`',
        '`"1","Phoenix, AZ"`: r_UNLOAD says that each field is quoted.',
        GUIDE,
    ),
    Difference(
        "r_UNLOAD_command_examples",
        "VENUE to a tab-delimited file",
        "Three columns, as the query says. The page shows five.",
        GUIDE,
    ),
    Difference(
        "r_UNLOAD_command_examples, t_unloading_fixed_width_data",
        "FIXEDWIDTH",
        "The columns are as wide as the statement says. The page shows narrower ones.",
        GUIDE,
    ),
    Difference(
        "r_UNLOAD_command_examples",
        "MANIFEST VERBOSE",
        "Sizes, counts and column types are those of the table. What the page shows is not valid JSON.",
        GUIDE,
    ),
    Difference("r_UNLOAD_command_examples", 'JSON: `Stadium "`', "No blank is added after the value.", GUIDE),
    Difference(
        "r_UNLOAD_command_examples",
        "NULL AS: `5|Gillette Stadium|Foxborough|MA|5`",
        "The number of seats is 68756, and numbers aren't padded.",
        GUIDE,
    ),
    Difference("r_UNLOAD_command_examples", "A window function over SALES", "Other rows", DATA),
    Difference(
        "r_UNLOAD_command_examples, t_unloading_encrypted_files", "MASTER_SYMMETRIC_KEY (7 statements)", "Refused", LAB
    ),
    Difference(
        "r_UNLOAD_command_examples, t_unloading_encrypted_files",
        "KMS_KEY_ID '1234abcd-...'",
        "No such key: create one, and use its ID.",
        DATA,
    ),
    Difference("r_UNLOAD", "A table with HLLSKETCH", "Refused", LAB),
    Difference("unload-super-csv, unload-super-parquet", "UNLOAD to `s3://xxxxxx/`", "No such bucket", DATA),
    Difference("t_Unloading_tables", "STL_UNLOAD_LOG of query 2320", "No such query", SESSION),
)
