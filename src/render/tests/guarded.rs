//! What is accepted renders as plain Tera renders it, guards or not; what is not accepted never panics.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tera::{Context, Tera, Value};

use super::super::reserved::bucket;
use super::super::{RenderFault, Row};
use super::{Fixture, salt};
use crate::model::Msisdn;

const NUMBER: u64 = 46_701_234_567;
const FIELDS: [&str; 5] = ["46701234567", "Anna", "Malmö Öst", "gold", "30"];

/// Tera by itself, without our filters, guards and bounds.
fn plain(body: &str) -> Option<String> {
    let mut context = Context::new();
    for (name, value) in ["msisdn", "first_name", "city", "tier", "age"].into_iter().zip(FIELDS) {
        context.insert(name, value);
    }
    context.insert("shop", "Kungsgatan 1");
    context.insert("percent", &20);
    context.insert("open", &true);
    let bucket = Value::from(i64::from(bucket(Msisdn::from_u64(NUMBER).unwrap(), salt())));
    context.insert(
        "recipient",
        &BTreeMap::from([("country", Value::from("")), ("bucket", bucket)]),
    );
    let mut tera = Tera::default();
    tera.autoescape_on(Vec::<&'static str>::new());
    tera.add_raw_template("t", body).ok()?;
    tera.render("t", &context).ok()
}

fn ours(body: &str) -> Option<Result<String, RenderFault>> {
    let program = Fixture::one_off().compile(body).ok()?;
    let row = Row {
        recipient: Msisdn::from_u64(NUMBER).unwrap(),
        country: None,
        fields: &FIELDS,
        occurrence: None,
        salt: salt(),
    };
    let mut out = String::new();
    let rendered = program.without_fast_path().renderer().render(&row, &mut out);
    Some(rendered.map(|()| out))
}

#[test]
fn guards_change_no_text() {
    for body in [
        "{% for c in city %}{{ loop.index }}{{ c }}{% if not loop.last %},{% endif %}{% endfor %}",
        "{% for c in city -%}\n {{ c }}\n{%- endfor %}",
        "{% for w in city | split(pat=' ') %}{{ w | upper }} {% else %}none{% endfor %}",
        "{% for c in [] %}a{% else %}none{% endfor %}",
        "{% for i in range(end=5) if true else range(end=2) %}{{ i }}{% endfor %}",
        "{% set d = '-' %}{{ [c ~ d for c in city if c != 'a'] | join(sep='|') }}",
        "{{ [[d for d in c] | join(sep='.') for c in city | split(pat=' ')] | join(sep='/') }}",
        "{% set x = city | upper %}{{ x }}{% set x = x ~ x %}{{ x }}",
        "{% set x = 'a' if tier == 'gold' else 'b' %}{{ x }}",
        "{% set x | upper %}{{ city }} b{% endset %}{{ x }}",
        "{% set x %} {{- city -}} {% endset %}{{ x }}",
        "{% set_global x = 0 %}{% for i in range(end=4) %}{% set_global x = x + i %}{% endfor %}{{ x }}",
        "{% for i in range(end=4) %}{% if i == 2 %}{% break %}{% endif %}{{ i }}{% endfor %}",
        "{% for i in range(end=4) %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}",
        "{% filter replace(from='a', to='o') %}{% for c in city %}{{ c }}{% endfor %}{% endfilter %}",
        "{{ [1, ...[c for c in 'ab']] | length }} {{ { 'a': [x for x in city] } | length }}",
        "{{ [first_name, tier] | join(sep=', ') }} {{ city | replace(from='ö', to='oe') }}",
    ] {
        let expected = plain(body).unwrap_or_else(|| panic!("Tera refuses {body}"));
        let found = ours(body).map(|found| found.map_err(|fault| fault.to_string()));
        assert_eq!(found, Some(Ok(expected.trim_end_matches('\n').to_owned())), "{body}");
    }
}

/// Pieces of templates, put together at random: mostly nonsense, sometimes a template.
fn soup() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "{{",
        "}}",
        "{%",
        "%}",
        "{{-",
        "-}}",
        "{%-",
        "-%}",
        "{#",
        "#}",
        "{{ city }}",
        "{{ first_name | ",
        " }}",
        "{% if ",
        "{% elif ",
        "{% else %}",
        "{% endif %}",
        "{% for c in ",
        "{% endfor %}",
        "{% set x = ",
        "{% set x %}",
        "{% endset %}",
        "{% raw %}",
        "{% endraw %}",
        " %}",
        "city",
        "tier",
        "x",
        "c",
        "loop.index",
        "recipient.bucket",
        "percent",
        "range(end=3)",
        "upper",
        "trim",
        "int",
        "length",
        "split(pat='a')",
        "default(value=1)",
        "'a'",
        "\"b\"",
        "`c`",
        "1",
        "2.5",
        "true",
        "none",
        "9223372036854775807",
        "==",
        "!=",
        "<",
        ">=",
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "**",
        "~",
        "|",
        "and",
        "or",
        "not",
        "in",
        "is",
        "is not",
        "if",
        "else",
        "for",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        ".",
        "?.",
        "?[",
        "...",
        "=",
        "@",
        "\n",
        " ",
        " ",
        "å",
        "text",
        "defined",
        "string",
        "[1, 2]",
        "{'a': 1}",
        "city[0]",
        "city[1:2]",
        "[c for c in city]",
        "<A />",
        "{% include 'a' %}",
        "{% block b %}",
        "{% endblock %}",
        "{% filter upper %}",
        "{% endfilter %}",
        "{% break %}",
        "$",
        "€",
        "\u{1f600}",
        "'",
        "\\",
    ]);
    prop::collection::vec(words, 0..14).prop_map(|words| words.join(" "))
}

/// Expressions that usually are expressions.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "city",
        "tier",
        "percent",
        "open",
        "'a'",
        "7",
        "0",
        "-3",
        "2.5",
        "true",
        "none",
        "recipient.bucket",
        "[1, 2]",
        "['a', tier]",
        "{'a': city}",
        "range(end=3)",
        "city[0]",
        "city[::-1]",
        "age | int",
        "9223372036854775807",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(4, 24, 3, |inner| {
        let operators = prop::sample::select(vec![
            "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "//", "%", "**", "~", "and", "or", "in", "not in",
        ]);
        let filters = prop::sample::select(vec![
            "upper",
            "length",
            "int",
            "float",
            "abs",
            "round",
            "first",
            "last",
            "join(sep=',')",
            "reverse",
            "str",
            "title",
            "replace(from='a', to='bb')",
            "split(pat='a')",
            "default(value='x')",
            "sort",
            "unique",
            "truncate(length=2)",
        ]);
        let tests = prop::sample::select(vec![
            "defined",
            "string",
            "number",
            "odd",
            "containing(pat='a')",
            "none",
        ]);
        prop_oneof![
            4 => (inner.clone(), operators, inner.clone()).prop_map(|(a, operator, b)| format!("{a} {operator} {b}")),
            3 => (inner.clone(), filters).prop_map(|(a, filter)| format!("{a} | {filter}")),
            1 => (inner.clone(), prop::bool::ANY, tests)
                .prop_map(|(a, not, test)| format!("{a} is {}{test}", if not { "not " } else { "" })),
            1 => inner.clone().prop_map(|a| format!("({a})")),
            1 => inner.clone().prop_map(|a| format!("not {a}")),
            1 => inner.clone().prop_map(|a| format!("-{a}")),
            1 => (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("{a} if {b} else {c}")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a} for x in {b}]")),
            1 => (inner.clone(), inner).prop_map(|(a, b)| format!("[{a}, {b}]")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn no_text_makes_it_panic_and_what_is_accepted_says_what_tera_says(body in soup()) {
        if let Some(Ok(found)) = ours(&body) {
            let plain = plain(&body);
            prop_assert_eq!(Some(found.as_str()), plain.as_deref().map(|text| text.trim_end_matches(['\n', '\r'])), "{:?}", body);
        }
    }

    #[test]
    fn expressions_bind_as_in_tera(a in expression(), b in expression()) {
        for body in [
            format!("<{{{{ {a} }}}}>"),
            format!("<{{% set x = {a} %}}{{{{ x }}}}>"),
            format!("<{{% for x in {a} %}}{{{{ {b} }}}}{{% endfor %}}>"),
            format!("<{{% if {a} %}}1{{% else %}}{{{{ {b} }}}}{{% endif %}}>"),
        ] {
            if let Some(Ok(found)) = ours(&body) {
                prop_assert_eq!(Some(found), plain(&body), "{}", body);
            }
        }
    }
}
