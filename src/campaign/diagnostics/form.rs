//! Faults of form: files that cannot be read at all.

use crate::model::Code;

/// Not YAML.
pub const SYNTAX: Code = Code {
    id: "C001",
    title: "not YAML",
    page: "\
The file cannot be read as YAML. The place told is where reading stopped; the
slip is there or a line above. The usual ones:

- a text with `: ` or ` #` in it that is not quoted:
      body: Sale: today only          write   body: \"Sale: today only\"
- a text that begins with `{`, which YAML takes for a mapping:
      body: {{ name }}, hello         write   body: \"{{ name }}, hello\"
- lines of one block that are set in by different amounts, or by tabs

For texts of more than a few words the form with `|` needs no quotes at all:

    body: |
      {{ name }}, hello: today only # really",
};

/// Empty file.
pub const EMPTY: Code = Code {
    id: "C002",
    title: "empty file",
    page: "\
The file holds nothing, or only comments. A campaign file without content is not
taken for a removed campaign: what is planned of it stays planned.

Fix it: fill it in, or delete the file. To cancel a campaign and keep its file,
write `state: canceled` into it. `campanile schema campaign` shows all keys.",
};

/// A key given twice.
pub const DUPLICATE_KEY: Code = Code {
    id: "C003",
    title: "a key given twice",
    page: "\
Many YAML readers keep the last of two equal keys and say nothing. Here it is an
error, because a reviewer may have read the other one:

    sender: ACME
    body: Hello
    sender: OTHER      # which one?

Fix it: keep one. Countries count as equal in either case (`se` and `SE`).",
};

/// Anchor, alias, merge key or tag.
pub const ALIAS: Code = Code {
    id: "C004",
    title: "anchor, alias, merge key or tag",
    page: "\
YAML can name a value (`&name`), repeat it (`*name`), merge mappings (`<<`) and
change types (`!!str`). None of these is read here: a change in one place would
reach texts in another where no reviewer sees it, and a small file of aliases
can expand to gigabytes.

Fix it: write the value out. What several campaigns share belongs into
campanile.yaml (zone, provider, guards) or into a `body_file`.
Instead of `!!str 0701` write `\"0701\"`.",
};

/// More than one document in a file.
pub const DOCUMENTS: Code = Code {
    id: "C005",
    title: "more than one document in a file",
    page: "\
A line `---` in the middle of a file begins a second YAML document. One file is
one campaign, because the file's name is the campaign's reference and its
history in git is the campaign's history.

Fix it: move each document to a file of its own. A single `---` at the very
beginning is fine.",
};

/// Too large, too deep, or too many faults.
pub const TOO_LARGE: Code = Code {
    id: "C006",
    title: "file too large or nested too deep",
    page: "\
Files are read up to one megabyte and 24 levels; the formats need a few
kilobytes and five levels. After a hundred faults in one file the rest is only
counted.

Fix it: recipients belong into CSV files, which may have millions of rows. Long
texts may be in a `body_file`.",
};
