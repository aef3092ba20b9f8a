"""Examples of dates and SUPER that don't run here, or come out differently, and a few others.

https://docs.aws.amazon.com/redshift/latest/dg/
"""

from __future__ import annotations

from localcloud.redshift.printed.difference import DATA, GUIDE, LAB, ORDER, SESSION, Difference

DATES = (
    Difference(
        "r_CURRENT_DATE_function, r_SYSDATE, r_GETDATE, r_TIMEOFDAY_function, r_TRUNC_date, r_LAST_DAY, r_TO_CHAR, "
        "r_TO_TIMESTAMP, r_DATEDIFF_function, r_Date_and_time_literals",
        "The current date or time (14 statements)",
        "Of today",
        SESSION,
    ),
    Difference(
        "r_AT_TIME_ZONE",
        "A TIMESTAMP at MST",
        "Shown in the session's time zone (UTC), with the label `timezone`. The page shows PST.",
        SESSION,
    ),
    Difference(
        "r_GETDATE", "The label `timestamp`", "`getdate`, which the page on CONVERT shows for the function.", GUIDE
    ),
    Difference(
        "r_DATEDIFF_function, r_DATE_TRUNC, r_EXTRACT_function, r_LAST_DAY, r_NEXT_DAY, r_SYSDATE, r_TIMESTAMP_CMP",
        "Queries of SALES, LISTING and USERS (8 statements)",
        "Other rows",
        DATA,
    ),
    Difference("r_DATEDIFF_function", "`''2023-01-01'`", "A syntax error: one quote too many.", GUIDE),
    Difference("r_EXTRACT_function", "timetz_val of TIME_TEST", "No such column: the table is TIMETZ_TEST.", GUIDE),
    Difference(
        "r_Dateparts_for_datetime_functions",
        "Rows of EVENT_EXAMPLE",
        "They come in another order, which the query leaves open.",
        ORDER,
    ),
    Difference(
        "r_Dateparts_for_datetime_functions", "converted_timestamp", "A TIMESTAMPTZ is shown with its offset.", GUIDE
    ),
    Difference(
        "r_Examples_with_datetime_types",
        "TSTAMP",
        "Three rows, as inserted. The page shows two, without a query.",
        GUIDE,
    ),
    Difference(
        "r_MONTHS_BETWEEN_function",
        "EVENT",
        "11.122983870967742. The page shortens the numbers (11.12).",
        GUIDE,
    ),
    Difference(
        "r_TO_DATE_function, r_TO_TIMESTAMP",
        "The error of a value out of range",
        "`date/time field value out of range`, with the whole text",
        LAB,
    ),
    Difference(
        "r_timezone_config",
        "`set timezone interval '-8 hours'`",
        "A syntax error, as the page's own syntax says: TO is missing.",
        GUIDE,
    ),
    Difference("r_timezone_config", "ALTER USER dbuser", "No such user", DATA),
)
SUPER = (
    Difference(
        "query-super, ingest-super",
        "COPY from `s3://redshift-downloads`",
        "No such files. The queries run with a few rows.",
        DATA,
    ),
    Difference(
        "ingest-super",
        "COPY with REGION and FORMAT PARQUET",
        "Refused, as copy-usage_notes-copy-from-columnar says.",
        GUIDE,
    ),
    Difference("query-super", "ORDER BY r_nations", '`"AWS"` before `"Amazon"`: texts are in the order of bytes.', LAB),
    Difference(
        "operators-functions",
        "Queries of customer_orders_lineitem",
        "Other values. ARRAY shows texts in one pair of quotes, not two.",
        DATA,
    ),
    Difference("limitations-super", "The label `order_date`", "`o_orderdate`, the attribute's name", GUIDE),
    Difference("r_shred_super", "REFRESH MATERIALIZED VIEW", "No INFO message", LAB),
    Difference("r_shred_super", "EXPLAIN", "The engine's plan", LAB),
    Difference("r_object_function", "OBJECT of a DATE", "The error also names ARRAY.", LAB),
    Difference("r_object_function", "`object(k, v)`", "The column has the label `object`.", GUIDE),
    Difference("r_is_boolean", '`"true"`', "`true`: a boolean has no quotes.", GUIDE),
    Difference("IS_VALID_JSON", "IDENTITY values 0, 2, 4", "0, 1, 2: they depend on the slices.", SESSION),
    Difference("serializing-complex-JSON", "json_serialization_enable on", "Refused", LAB),
)
OTHER = (
    Difference("MURMUR3_32_HASH", "Large numbers", "An INTEGER, which the page says is the result", GUIDE),
    Difference("Older examples of CREATE TABLE", "Encoding LZO", "AZ64, which a new table gets today", GUIDE),
)
