//! The audience's diagnostics, with the pages that `campanile explain` prints.

use crate::model::Code;

/// The file cannot be read to its end.
pub const UNREADABLE: Code = Code {
    id: "C101",
    title: "list cannot be read",
    page: "A list of recipients or of suppressed numbers could not be read to its end.\n\
           Half a list is never used: half a suppression list would text people who\n\
           asked not to be.\n\n\
           Check that the path is right, that the file may be read, and run again.\n",
};
/// Not even a header row.
pub const EMPTY_FILE: Code = Code {
    id: "C102",
    title: "list is empty",
    page: "The file has no bytes at all, or only a `sep=` line. That is how an export\n\
           that failed looks, so it is not taken for a list with nobody in it.\n\n\
           A list with nobody in it has its header row:\n\n    msisdn\n",
};
/// Bytes that are no text.
pub const ENCODING: Code = Code {
    id: "C103",
    title: "list is not in the expected encoding",
    page: "Lists are UTF-8 (with or without byte order mark), UTF-16 with a byte order\n\
           mark, or in the encoding that the source declares. An encoding is never\n\
           guessed: a wrong guess sends `HÃ¥kan` to Håkan.\n\n\
           Save the file as UTF-8, or say what it is:\n\n    \
           recipients:\n      - csv: old.csv\n        encoding: windows-1252\n",
};
/// Rows whose ends are unclear.
pub const STRUCTURE: Code = Code {
    id: "C104",
    title: "list is not well-formed CSV",
    page: "The ends of rows and cells are unclear: a quote that is never closed, text\n\
           after a closing quote, a row with more or fewer cells than the header, a row\n\
           of more than a megabyte, or line ends that no program has written for twenty\n\
           years. As a warning: a quoted cell holds what reads as further rows of the\n\
           list, so that a quote may be missing; in a suppression list an error.\n\n\
           A cell that contains the delimiter, a quote or a line break is written in quotes,\n\
           and quotes inside it are doubled:\n\n    46701234567,\"Ann \"\"Nan\"\" Berg, Jr\"\n",
};
/// The first row does not name columns.
pub const HEADER: Code = Code {
    id: "C105",
    title: "header row is missing or ambiguous",
    page: "The first row of a list names its columns. Without one, the first person\n\
           would be taken for names and silently left out. No two columns may have the\n\
           same name: a template could not tell them apart.\n",
};
/// A name that the header does not have.
pub const MISSING_COLUMN: Code = Code {
    id: "C106",
    title: "column does not exist",
    page: "`number:` or `columns:` names a column that the list's header does not have.\n\
           Without `number:`, the one column with a usual name is taken: msisdn, phone,\n\
           Mobile Phone Number, Mobilnummer, Handynummer and the like, in any case. Two\n\
           of them are an error; in a suppression list all of them count, and a list\n\
           with one column needs no particular name.\n",
};
/// A name that means two things.
pub const TAKEN_NAME: Code = Code {
    id: "C107",
    title: "column has a name that is taken",
    page: "A column has the name of a constant in `vars`, of another column, or one of\n\
           the reserved names `occurrence` and `recipient`. A template could not tell\n\
           them apart. Rename the constant, or the column:\n\n    \
           columns: { shop_name: shop }\n",
};
/// A row's number is none.
pub const NUMBER: Code = Code {
    id: "C108",
    title: "row has no usable number",
    page: "Numbers are read as people write them: `+46 70-123 45 67`, `0046...`,\n\
           `46701234567`, and national numbers when campanile.yaml has a\n\
           `default_country`. They must exist in their country's numbering plan.\n\n\
           Spreadsheets destroy numbers (`4.67E+10`, `46701234567.0`): format the column\n\
           as text before exporting. `on_invalid: skip` leaves such rows out, counted\n\
           and listed. In a suppression list they are always errors.\n",
};
/// Rows left out because `on_invalid: skip` says so.
pub const SKIPPED: Code = Code {
    id: "C109",
    title: "rows were left out",
    page: "The source has `on_invalid: skip`, and these rows have no usable number, a\n\
           number of a kind that `guards.number_types` does not name, or not the header's\n\
           number of cells. Nobody in them gets a message. Each kind of fault can have\n\
           its own word:\n\n    \
           on_invalid: { empty: skip, unreadable: fail, wrong_type: skip }\n",
};
/// Nobody to send to.
pub const NOBODY: Code = Code {
    id: "C110",
    title: "audience is empty",
    page: "No row of any source is a recipient. That is nearly always a mistake in a\n\
           path, an export or a `where`, so it is an error. To send nothing, set\n\
           `state: canceled`. An audience that only suppression lists have emptied is\n\
           no error: its planned batches are canceled.\n",
};
/// The file is not what it was.
pub const CHANGED: Code = Code {
    id: "C111",
    title: "list changed while it was read",
    page: "The file was written, cut or replaced during the run. Half of one list and\n\
           half of another is never used. Wait until the export has finished and run\n\
           again; best, write exports elsewhere and move them into place.\n",
};
/// The file is something else.
pub const NO_LIST: Code = Code {
    id: "C112",
    title: "file is no list",
    page: "The file's first bytes show that it is something else than CSV: a workbook, a\n\
           packed file without `.gz` or `.zst` in its name, a web page where a login was\n\
           needed, a Git LFS pointer that was never resolved. Nothing in it is read.\n\n\
           Export the list as CSV. For Git LFS, fetch the file itself:\n\n    \
           git lfs pull\n",
};
/// A cell that says something nobody meant.
pub const CELLS: Code = Code {
    id: "C113",
    title: "cells look wrong",
    page: "The list can be read, but cells that a text uses look like something that an\n\
           export or a conversion has left there: a word for nothing (`NULL`, `\\N`,\n\
           `#N/A`, `nan`, `None`), a line end written as `\\n`, characters that were lost\n\
           (U+FFFD), UTF-8 that was once read as Windows-1252 (`HÃ¥kan`), or nothing.\n\n\
           Words for nothing become empty cells with `null_values`; a text says what an\n\
           empty cell becomes:\n\n    \
           recipients:\n      - csv: all.csv\n        null_values: [\"NULL\", \"\\\\N\"]\n    \
           body: \"Hi{% if first_name != '' %} {{ first_name }}{% endif %}!\"\n\n\
           Destroyed characters come back only from the program that still has them:\n\
           export again, as UTF-8.\n",
};

/// Numbers that texts do not reach, or that cost more.
pub const NUMBER_KIND: Code = Code {
    id: "C120",
    title: "numbers that are no mobiles",
    page: "By their countries' numbering plans these numbers are given to fixed lines,\n\
           pagers, or services that cost the caller more, less or nothing. Most networks\n\
           drop a text to them and charge for it all the same.\n\n\
           Where a plan gives mobiles and fixed lines the same ranges, as in the United\n\
           States, nothing is said. Leave such rows out of the export, or with `where`.\n\n\
           `guards.number_types: [mobile]` in campanile.yaml holds a campaign with such\n\
           numbers until `--allow number-types=REF`; a source with\n\
           `on_invalid: { wrong_type: skip }` leaves them out.\n",
};

/// A list that may have been cut off.
pub const CUT: Code = Code {
    id: "C114",
    title: "a list may have been cut off",
    page: "The list does not end with a line end, and its last number could be longer in
the numbering plan of its country: it may be the beginning of another one. An
export that was broken off looks so. A suppression list that may be cut is an
error, because the people behind the cut would be texted; any other list is a
warning.

Export the list again. If it is whole, end its last line.",
};

/// Rows that say something else to a person who has a text already.
pub const OTHER_TEXT: Code = Code {
    id: "C115",
    title: "two rows of one number have different texts",
    page: "One person gets one message of a campaign: the text of the first row with the\n\
           number. A later row of it makes another text, which nobody gets. Within one list\n\
           that is often two orders or two members of a household, and a warning; where an\n\
           earlier source wins over a later one, as their order says, it is a note.\n\n\
           Remove the rows that are not meant. Whoever is to get two texts gets two\n\
           campaigns.\n",
};

/// All of them.
pub const ALL: &[Code] = &[
    UNREADABLE,
    EMPTY_FILE,
    ENCODING,
    STRUCTURE,
    HEADER,
    MISSING_COLUMN,
    TAKEN_NAME,
    NUMBER,
    SKIPPED,
    NOBODY,
    CHANGED,
    NO_LIST,
    CELLS,
    NUMBER_KIND,
    CUT,
    OTHER_TEXT,
];
