//! Faults of texts in several languages and of variants.

use crate::model::Code;

/// Texts and rule do not go together.
pub const LANGUAGE: Code = Code {
    id: "C047",
    title: "languages that do not go together",
    page: "\
A campaign may have a text for each language, and a rule that says who gets
which:

    body:
      sv: Hej {{ first_name }}!
      nb: Hei {{ first_name }}!
      en: Hi {{ first_name }}!
    language: { column: lang, by_country: { NO: nb }, fallback: en }
    opt_out_text: { sv: \"STOPP: svara STOPP\", en: \"STOP: reply STOP\" }

The column is asked first, then the country of the number, then `fallback`. A
tag leads to what is nearest to it: `pt-BR` to `pt`, `no` to `nb`; where no text
is left, to `fallback`. Who is left without a text is an error, and so is a cell
that is no tag: `Swedish` is not `sv`.

`opt_out_text` is put at the end of each text that does not hold it. It needs a
line for every language, or is one line for all. A source may have texts of its
own; `body_file` takes a file for each language.",
};

/// Variants that cannot be split among.
pub const VARIANTS: Code = Code {
    id: "C048",
    title: "variants that do not go together",
    page: "\
A campaign may split its people among several texts:

    variants:
      - { name: a, weight: 45, body: \"20 % off today. Reply STOP to opt out\" }
      - { name: b, weight: 45, body_file: ../texts/b.txt }
      - { name: control, weight: 10, send: false }

They take the place of `body`. Each has a name of its own, a weight, and a text;
`send: false` makes a control group, whose people get nothing. There are at
least two, and one with a text has a weight above 0.

Who falls to which follows from the number and `split_salt` (by default the
campaign's reference). A changed weight moves people only into what grew or out
of what shrank; a new name draws its people anew.",
};
