//! The kinds of faults that a project's files can have on disk, each with the page that `campanile explain` prints.

use crate::model::Code;

/// There is no project here.
pub const NO_PROJECT: Code = Code {
    id: "C701",
    title: "no project",
    page: "\
Campanile looks for `campanile.yaml` in the current folder and in the folders
above it. The nearest one is the project's root; nothing else is searched.

Fix it: go to the project's folder, or name it with `-C`:

    campanile -C ~/campaigns plan

`campanile init DIR` writes a new project that plans and applies at once on the
embedded sandbox, with no account.",
};

/// A file is not there.
pub const MISSING_FILE: Code = Code {
    id: "C702",
    title: "missing file",
    page: "\
A file that the project names is not there. Paths are relative to the file that
names them: in `campaigns/sale.yaml`, `../recipients/all.csv` is the file
`recipients/all.csv` of the project.

Fix it: correct the path, or add the file. In CI, check that the job fetches
files that are kept elsewhere (large files, exports) before it runs Campanile.",
};

/// A file cannot be read.
pub const UNREADABLE: Code = Code {
    id: "C703",
    title: "unreadable file",
    page: "\
A file is there and cannot be read: its permissions forbid it, it is a folder
or a device, it is larger than one megabyte (for YAML and text files), or it
changed while it was read.

A campaign file that cannot be read is not a removed one: nothing of it is
canceled. A folder that cannot be listed stops the run for the same reason.",
};

/// A file is not UTF-8.
pub const NOT_UTF8: Code = Code {
    id: "C704",
    title: "not UTF-8",
    page: "\
YAML files and message texts are read as UTF-8 and nothing else: a guess would
show on phones. The line shown is the first that holds a foreign byte.

Fix it: save the file as UTF-8 in your editor, or convert it:

    iconv -f windows-1252 -t utf-8 old.txt > new.txt

CSV files may have another encoding, if the source says so:

    encoding: windows-1252",
};

/// A link leads out of the project.
pub const LEAVES: Code = Code {
    id: "C705",
    title: "a link leads out of the project",
    page: "\
What a project reads must lie in the project, so that a review sees it and a
campaign file cannot fetch what else lies on the machine. Symbolic links are
followed, and where they end is what counts.

Fix it: copy the file into the project, or allow the folder in campanile.yaml:

    allow_paths: [../exports]

Links to folders below `campaigns/` are not followed at all.",
};

/// A compressed file does not unpack.
pub const CORRUPT: Code = Code {
    id: "C706",
    title: "a compressed file does not unpack",
    page: "\
A `.gz` or `.zst` file is cut off or damaged, the disk for temporary files is
full, or the file unpacks to so much (over 8 GiB, or over 200 times its size)
that it is taken for an attack.

Fix it: compress it again, or unpack it and name the plain file.",
};

/// There is no token.
pub const NO_TOKEN: Code = Code {
    id: "C707",
    title: "no token",
    page: "\
A provider's token could not be read from the environment variable or the file
that campanile.yaml names. It must be one line of visible ASCII characters;
spaces and line ends around it do not count. What was found is never shown.

Fix it: set the variable (`export IP1_API_KEY=...`), in CI as a secret that is
passed to the job. Pull requests from forks get no secrets: there, use
`campanile plan --offline`. To try things out with no account, use `--sandbox`.",
};

/// Others can read a token file.
pub const TOKEN_EXPOSED: Code = Code {
    id: "C708",
    title: "a token file that others can read",
    page: "\
Whoever holds the token can send texts in your name and at your cost. The file
can be read by other users of this machine.

Fix it: `chmod 600 FILE`, and make sure that git ignores it.",
};

/// A file that looks like a campaign is not read.
pub const NOT_READ: Code = Code {
    id: "C709",
    title: "a file that is not read",
    page: "\
A campaign's file ends in `.yaml` or `.yml`; `welcome.yaml.txt` does not. Files
whose name begins with a dot are no campaigns either: editors and copying tools
leave such files behind.

Renaming a campaign file so removes the campaign: what is planned of it is
canceled. To stop a campaign and keep its file, write `state: canceled` into it.",
};

/// A source cannot be connected to.
pub const NOT_CONNECTED: Code = Code {
    id: "C720",
    title: "a source that cannot be connected to",
    page: "\
A database or web server that holds an audience gave no answer, or the run
connects to nothing: `validate` and `plan --offline` do not, and neither do pull
requests from forks, which get no secrets.

A campaign whose audience cannot be read is held: nothing of it is created, and
nothing of it is canceled. It is never sent to the list of last time, and never
to nobody.

Fix it: `campanile sources` connects to each and says what came of it. Beyond
this machine TLS is required; `ca_file` names the certificates of a private
authority.",
};

/// A query is refused.
pub const QUERY: Code = Code {
    id: "C721",
    title: "a query that is refused",
    page: "\
A query of recipients is one statement that gives rows, in the engine's own
dialect. It is run in a transaction that can only read. A semicolon or a comment
at its end is fine; a second statement is not.

Values come from `params`, and the query reads them as text:

    WHERE signed_up >= current_setting('campanile.since')::date

`campanile.as_of` is the instant of the reading. What the server says about data
is not repeated, because it may hold somebody's number: run the query with
`psql` as the same role to see it.",
};

/// More than is read.
pub const TOO_MUCH: Code = Code {
    id: "C722",
    title: "more than is read",
    page: "\
A source gave more rows than `max_rows`, a row of more than a megabyte, or more
than 8 GiB. Reading ended there, and the campaign is held.

Fix it: ask for fewer rows, or raise the limit in campanile.yaml:

    sources:
      warehouse: { kind: postgres, url_env: WAREHOUSE_URL, max_rows: 20000000 }",
};

/// A role that may write.
pub const MAY_WRITE: Code = Code {
    id: "C723",
    title: "a role that may write",
    page: "\
Campanile only reads, in a transaction that can only read. But whoever may
change a campaign decides which query is run, and with which rights is decided
by the role alone.

Fix it: give Campanile a role of its own.

    CREATE ROLE campanile LOGIN PASSWORD '...';
    GRANT USAGE ON SCHEMA marts TO campanile;
    GRANT SELECT ON marts.sms_spring TO campanile;",
};

/// Part files that are not one list.
pub const PARTS: Code = Code {
    id: "C724",
    title: "part files that are not one list",
    page: "\
An engine writes a list as a folder of part files. All are read, or none: a
temporary file, a missing `_SUCCESS` where the engine writes one, parts of two
runs, parts with different columns, or files of another kind are errors.

A folder of a Delta, Iceberg or Hudi table is no folder of part files: it holds
rows that were deleted. Query the table, and write the result to a new folder.",
};

/// A column or cell that cannot be read.
pub const CELLS: Code = Code {
    id: "C725",
    title: "a column or cell that cannot be read",
    page: "\
Rows of a Parquet file or a workbook are read as the text that they show. Nested
columns and binary data have none. A number with more than 15 digits that is
stored as a float has lost its last digits; a cell with an error, or a formula
that nobody has computed, has no value.

Fix it: leave the column out where the file is written, or write it as text.",
};

/// Rows that are not as expected.
pub const STALE: Code = Code {
    id: "C726",
    title: "rows that are not as expected",
    page: "\
The source gave no row at all, fewer or more than `expect`, or its newest row is
older than `freshness` allows. Most often the job that fills it has failed.

    freshness: { column: loaded_at, error_after: 24h }
    expect: { rows: 50000..70000 }

The campaign is held: nothing of it is created, and nothing of it is canceled.",
};

/// All of this module, by number.
pub const ALL: &[Code] = &[
    NO_PROJECT,
    MISSING_FILE,
    UNREADABLE,
    NOT_UTF8,
    LEAVES,
    CORRUPT,
    NO_TOKEN,
    TOKEN_EXPOSED,
    NOT_READ,
    NOT_CONNECTED,
    QUERY,
    TOO_MUCH,
    MAY_WRITE,
    PARTS,
    CELLS,
    STALE,
];
