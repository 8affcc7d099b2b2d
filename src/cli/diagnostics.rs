//! Diagnostics of the command line itself (C75x).

use crate::model::Code;

/// The provider's dry run and our count disagree.
pub(super) const VERIFY_DIFFERS: Code = Code {
    id: "C751",
    title: "the provider counts otherwise",
    page: "\
`plan --verify` asks the provider's own dry run for a sample of each batch and
compares texts, segments and encodings with ours. Both values are shown.

A difference in segments or encoding means that the estimate is off: some
accounts have automatic transliteration, which shortens texts. A difference in
the text itself is a fault: report it, and do not apply.",
};

/// The files or the provider have moved since the review.
pub(super) const NOT_REVIEWED: Code = Code {
    id: "C753",
    title: "not in the reviewed plan",
    page: "\
`apply FILE` reads everything again and carries out what the reviewed plan holds,
or fewer. Today's plan for this campaign holds an operation that nobody reviewed:
a text, a list, a window or a batch at the provider has moved since.

The whole campaign is left alone, the others go on, and the exit code is 4. Make
a new plan with `campanile plan --save FILE`, and have it reviewed.",
};

/// Fewer people than reviewed.
pub(super) const FEWER_THAN_REVIEWED: Code = Code {
    id: "C754",
    title: "fewer people than reviewed",
    page: "\
Somebody opted out, or was put on a suppression list, after the plan was
reviewed. `apply FILE` carries the campaign out without them: the same texts to
the same people otherwise, and nobody is texted whom the plan did not show.

There is nothing to do. Somebody who comes back from a suppression list after the
review is another matter: that campaign is refused (C753).",
};

/// The file of opt-outs is of no use.
pub(super) const OPT_OUTS_FILE: Code = Code {
    id: "C755",
    title: "a list that Campanile keeps cannot be used",
    page: "\
`opt_outs: { file: ... }` names the file in which opt-outs by text are written
down (`number,instant,provider,word,id`, one wish a row), `undeliverable` the one
of numbers that fail again and again. One of them cannot be read, or a row of it
cannot be believed. Until it can, nobody knows who must not be texted, so nothing
goes on.

Put the file back as it was committed, or fix the row that is named.",
};

/// Every code of this module.
pub(super) const ALL: &[Code] = &[VERIFY_DIFFERS, NOT_REVIEWED, FEWER_THAN_REVIEWED, OPT_OUTS_FILE];
