"""Examples of MERGE, PIVOT and procedures that don't run here, or come out differently.

https://docs.aws.amazon.com/redshift/latest/dg/
"""

from __future__ import annotations

from localcloud.redshift.printed.difference import DATA, GUIDE, LAB, ORDER, SESSION, TEXT, Difference

MERGE = (
    Difference("merge-examples", "The delete of SALES", "A syntax error: a comment begins with an en dash.", GUIDE),
    Difference(
        "merge-replacing-existing-rows, merge-specify-a-column-list",
        "Statements on `stage` and `target`",
        "Not run: the page calls them pseudocode.",
        TEXT,
    ),
)
PIVOT = (
    Difference(
        "r_FROM_clause-pivot-unpivot-examples",
        "GROUP BY manufacturer, quality",
        "Rows of one manufacturer come in another order, which the query leaves open.",
        ORDER,
    ),
    Difference(
        "r_FROM_clause-pivot-unpivot-examples",
        "MAX(CASE ...) by booking date",
        "OCEAN_WV is booked on 2023-02-06, as inserted, and more days follow. The page shows neither.",
        GUIDE,
    ),
)
PROCEDURES = (
    Difference(
        "stored-procedure-create, r_CALL_procedure, r_SHOW_PROCEDURE",
        "CALL and SHOW PROCEDURE of test_sp2",
        "The column is `out_var`, as the argument is named there. The page shows one without a name.",
        GUIDE,
    ),
    Difference(
        "stored-procedure-result-set",
        "The rows of `myresult`",
        "Only those with `id >= 2`, as the procedure says. The page shows four.",
        GUIDE,
    ),
    Difference(
        "stored-procedure-transaction-management",
        "SVL_STATEMENTTEXT, a statement outside of a transaction block",
        "The log doesn't have its COMMIT.",
        LAB,
    ),
    Difference(
        "stored-procedure-transaction-management",
        "SVL_STATEMENTTEXT, sp_rollback",
        "`ROLLBACK` instead of `Undoing 1 transactions`",
        LAB,
    ),
    Difference(
        "stored-procedure-transaction-management", "SVL_STATEMENTTEXT: userid, xid, pid", "Of this session", SESSION
    ),
    Difference(
        "stored-procedure-transaction-management",
        "sp_nonatomic_cursor with START TRANSACTION",
        "It also reports the rows that the page inserted before.",
        GUIDE,
    ),
    Difference(
        "stored-procedure-transaction-management, stored-procedure-trapping-errors",
        "CONTEXT of an error in a procedure",
        "Missing",
        LAB,
    ),
    Difference("declare", "SVL_STORED_PROC_MESSAGES", "Refused", LAB),
    Difference("declare, fetch", "The cursor LOLLAPALOOZA", "Run with the rows that the page shows.", DATA),
    Difference("r_ALTER_PROCEDURE, r_DROP_PROCEDURE", "first_quarter_revenue, etl_user", "Don't exist", DATA),
    Difference("c_PLpgSQL-structure, c_PLpgSQL-statements", "Parts of statements", "Not run", TEXT),
)
