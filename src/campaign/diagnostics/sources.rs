//! Faults of sources that are not plain files.

use crate::model::Code;

/// A source, a table, a parameter or an expectation that cannot be used.
pub const SOURCE: Code = Code {
    id: "C090",
    title: "unusable source",
    page: "\
Audiences may live in a database or on a web server. campanile.yaml names those
once, and campaigns use the names:

    sources:
      warehouse: { kind: postgres, url_env: WAREHOUSE_URL }

    recipients:
      - source: warehouse
        sql: ../audiences/spring.sql
        params: { since: 2026-11-01 }
        freshness: { column: loaded_at, error_after: 24h }
        expect: { rows: 50000..70000 }

`table` is the name of a table or view like `marts.sms_spring`. The names of
parameters are of a-z, 0-9 and `_`; the query reads each with
`current_setting('campanile.since')`, as text. `as_of` is given to every query.
`expect` has a range with both ends included; either end may be left out.",
};
