"""What differs from AWS, as the page on Redshift tells it.

https://docs.aws.amazon.com/redshift/latest/dg/welcome.html
"""

from __future__ import annotations

DIFFERENCES = (
    (
        "Division of decimals",
        "A quotient is cut to the scale given on Redshift's page on computations. If the precision of an operand "
        "is unknown, the quotient has the engine's digits (16 or more). That happens in routine bodies, in "
        "MERGE, in a table defined by itself, and if an operand is EXTRACT, a subquery or a parameter. Cast the "
        "result where the digits matter.",
    ),
    (
        "Decimals in binary",
        "Version 2 of the drivers' protocol sends a decimal as a number with its column's scale. If the scale is "
        "unknown (the cases above, LN, TO_NUMBER), the column is described as DECIMAL(38,20), and a value that "
        "doesn't fit is an error that asks for a CAST. A client that asks for version 3 (column case) gets "
        "version 2.",
    ),
    (
        "Intervals",
        "A date plus an interval is a timestamp. COPY doesn't load interval columns. In a literal, a number "
        "without units is read according to the literal's fields (`INTERVAL '23' MONTH`); in a cast it isn't.",
    ),
    (
        "COPY",
        "COPY refuses interval columns, LZOP, shapefiles, and sources other than S3. Text can't contain the "
        "character NUL: a record with one is rejected, unless NULL AS declares it. A record with a carriage "
        "return that doesn't end its line is rejected too. AWS's guide lists the codes of load errors, but not "
        "every message, so the messages for overflows are the lab's own. A position is the byte of the line "
        "where the field starts.",
    ),
    (
        "Spatial data",
        "The functions of the plane are GEOS's, so results with many digits differ in the last ones. Lengths of "
        "geographies are AWS's; their areas are exact, and AWS's are approximate (about 1 in a million). They know the "
        "spheroids of the SRIDs 4258, 4267, 4269, 4283 and 4326. ST_Transform, ST_MemSize, DropBBox, ST_GeoSquare and "
        "ST_GeomFromGeoSquare are refused; so are ST_ConvexHull and ST_Boundary of geometries with z, and ST_Simplify "
        "of those with z or m. A geography isn't a geometry to functions that take only these: cast it. The messages "
        "of errors are the lab's own.",
    ),
    (
        "Approximate functions",
        "`APPROXIMATE COUNT(DISTINCT)`, `HLL` and `APPROXIMATE PERCENTILE_DISC` return exact numbers. Sketches "
        "are refused.",
    ),
    (
        "Floating-point numbers",
        "They are shown with all digits, as with `extra_float_digits` 2. Redshift shows 15 digits by default.",
    ),
    (
        "Function arguments",
        "They keep no length, precision or scale. The value stays as the caller passed it.",
    ),
    (
        "Procedures",
        "The gateway runs a procedure statement by statement, and translates each statement like a client's. A "
        "procedure with SECURITY DEFINER runs in the engine, because only the engine can use its owner's "
        "permissions. In such a procedure, EXCEPTION, COMMIT and ROLLBACK are refused, TRUNCATE doesn't commit, "
        "dynamic SQL is the engine's own, and calls to procedures without SECURITY DEFINER are refused. If an "
        "error handler ran inside the caller's transaction block, the block has failed and needs a ROLLBACK.",
    ),
    (
        "Late-binding views",
        "Reading one requires permissions of the reader on the tables, not just those of the view's owner. "
        "Catalogs show the columns that the view had when it was created.",
    ),
    (
        "Row counts",
        "`svv_table_info` and `stv_tbl_perm` count visible rows, without deleted ones.",
    ),
    (
        "Names",
        "A name has at most 63 bytes (127 on AWS). A longer one is refused.",
    ),
    (
        "Other databases",
        "A statement reads and changes only the tables of the database that the client is connected to. USE and "
        "names of another database's tables are refused.",
    ),
    (
        "SHOW of another database",
        "The lab runs it in that database as the user who logged in, and it sees only committed changes. The "
        "views `svv_all_*` and `svv_redshift_*` list the current database.",
    ),
    (
        "SHOW",
        "It has no modification times and no Data Catalog (`awsdatacatalog`). It lists only functions that users "
        "created, and only grants on tables and columns.",
    ),
    (
        "GRANT ALL",
        "For a table, it is shown with ALTER, DROP and RULE, as on AWS. The engine lets only the owner alter or "
        "drop the table.",
    ),
    (
        "SET SESSION AUTHORIZATION",
        "Only the admin can use it. It changes `current_user`; `session_user` remains the user who logged in.",
    ),
    (
        "Columns without AS",
        "They have the labels shown in the Developer Guide's examples, except for AT TIME ZONE, which is "
        "`timezone` here.",
    ),
    (
        "CREATE TABLE AS",
        "A text expression becomes a column of VARCHAR(65535). A single literal keeps its own length. Cast it "
        "where the type matters.",
    ),
    (
        "Mixed decimals",
        "CASE, COALESCE, DECODE, GREATEST, LEAST and set operations use the precision and scale from the page on "
        "computations, where short decimals have at most 19 digits. A value that doesn't fit is an overflow. In "
        "routine bodies each value keeps its own scale, and AVG uses the largest.",
    ),
    (
        "Casts of decimals",
        "A cast to fewer digits truncates, as with `enable_numeric_rounding` off. Literals, and statements "
        "without a table, round. In routine bodies, literals are truncated too.",
    ),
    (
        "Text and numbers",
        "They are compared as the page on types describes: compared with a decimal, text becomes a decimal; any "
        "other number, a date or a boolean becomes text (1 does not equal '01'). `+`, SUM and UNION of a text "
        "column and a number are errors.",
    ),
    (
        "Operators",
        "`@` and `|/` have PostgreSQL's precedence. Put their operands in parentheses.",
    ),
    (
        "EXPLAIN",
        "It shows the engine's plan, not one with `XN` steps.",
    ),
    (
        "Materialized views",
        "A view over a topic takes the new records. Any other view is computed again as a whole if its tables have "
        "changed, and the log says so; `state` in `svv_mv_info` says what AWS would do. With AUTO REFRESH YES, a view "
        "is refreshed in the background as soon as the transaction that changed its tables has ended; AWS may wait "
        "for a quiet moment. A refresh waits until no open transaction reads the view. A change to a column that a "
        "view reads is refused; AWS allows it, but then can't refresh the view.",
    ),
    (
        "Streaming ingestion",
        "The lab has the source Kafka, and only the lab's own brokers: URI names them as `KAFKA_BOOTSTRAP_SERVERS` "
        "does, and any CLUSTER_ARN of the account 123456789012 in us-east-1 stands for them. With AUTHENTICATION iam "
        "and a role of the lab, the gateway logs in with the lab's own login (SASL/SCRAM). AUTHENTICATION none works "
        "for the address that `./lab up --kafka-open` adds; mtls is refused. On AWS, Redshift never uses SASL/SCRAM: "
        "a cluster whose clients log in by SCRAM needs IAM (or mTLS) as a second way, and then the statement with iam "
        "works with its URI. A view over a topic can have expressions and a WHERE. AWS also allows aggregates, which "
        "are refused here: define a materialized view with them over the streaming view. CREATE leaves the view empty; "
        "the first REFRESH reads each partition from its start. If records expired before they were read, a refresh "
        "continues after them, with an entry in `sys_stream_scan_errors`; if the topic was deleted and created again, "
        "it is an error. The guide doesn't say what AWS does then, nor how `kafka_headers` look: here they are an "
        "array of objects with `key` and `value`. Error numbers are the lab's own. TRUNCATE of a materialized view is "
        "refused.",
    ),
    (
        "UNLOAD",
        "UNLOAD writes for two slices, and a result below 4 MB goes to the first one. JSON writes booleans as "
        '`"t"` and `"f"`, in quotes so that each line is valid JSON. ESCAPE escapes in columns of every type. '
        "FIXEDWIDTH refuses a value with a line end. Some values can't be read back as they were, and the same "
        "is true on AWS: without NULL AS, a null text becomes an empty one; without ESCAPE, a delimiter or line "
        "end in a value breaks the row, and without ADDQUOTES ESCAPE a quote does; FIXEDWIDTH loses trailing "
        "blanks; an empty VARBYTE becomes null. Client-side encryption is refused.",
    ),
    (
        "External tables",
        "When a statement runs, the session reads the whole table, but only the columns that the statement uses. "
        "Conditions are not pushed down, and a read-only transaction can't read external tables. In a text file, "
        'a value that doesn\'t fit its column is null. `SELECT *` together with `"$path"` or `"$size"`, '
        '`"$spectrum_oid"`, and the data handling properties are refused. A materialized view over external '
        "tables is filled by CREATE and REFRESH. INSERT and CREATE EXTERNAL TABLE AS into TEXTFILE refuse a "
        "value that contains the delimiter, a line end or the null string, because it would be read back as "
        "another value. A manifest as LOCATION and `spectrum_enable_pseudo_columns` are not supported.",
    ),
    (
        "SUPER",
        "Two SUPERs are compared if both are paths (`a.c.x = b.c.x`). Comparing whole columns, and COALESCE of a "
        "SUPER with another type, are refused. So are paths in SET, and paths in an UPDATE or DELETE with "
        "another table or a subquery. For values of different kinds, `<>` is true and `=` is false. A SUPER "
        "column of a recursive common table expression can be unnested.",
    ),
    (
        "Query history",
        "Like the connection log, it holds the last few thousand entries, without delay. Steps, slices and bytes "
        "are not measured. Statements that were refused or could not be parsed are missing.",
    ),
    (
        "Login",
        "The parameters that a client gets at login are Redshift's, except that psql gets the engine's version: its "
        "`\\d` commands query the catalog by version. `padb_revision` is not that of a real release.",
    ),
    (
        "Analytics",
        "The engine scans rows, not columns: see the decision 'No columnar copy'.",
    ),
    (
        "One cluster",
        "The lab has one cluster with one node. Slices, WLM queues, data sharing and snapshots are refused.",
    ),
)
"""What differs from AWS: a title and a description each."""
