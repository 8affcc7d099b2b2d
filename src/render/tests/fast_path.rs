//! The fast path held against Tera: the same templates, the same rows, the same texts.

use proptest::prelude::*;

use super::super::counted::Counted;
use super::super::{OccurrenceVariable, Row};
use super::{Fixture, salt, text};
use crate::campaign::Transliterate;
use crate::model::{Country, LocalTime, Msisdn};

/// A text, sometimes with filters.
fn text_value() -> impl Strategy<Value = String> {
    let filters = vec![
        "trim",
        "trim_start",
        "trim_end",
        "upper",
        "lower",
        "capitalize",
        "title",
        "str",
        "safe",
        "default(value='x')",
        "default(value='x', boolean=true)",
        "default(boolean=false, value=\"y\")",
    ];
    let filter = prop::sample::select(filters);
    prop_oneof![
        5 => plain_value(),
        1 => (plain_value(), prop::collection::vec(filter, 1..3)).prop_map(|(value, filters)| format!("{value} | {}", filters.join(" | "))),
        1 => ("first_name|city|occurrence\\.date", 0..4_usize, 0..5_usize).prop_map(|(value, from, to)| format!("{value}[{from}:{to}]")),
        1 => "first_name|city".prop_map(|value| format!("{value}[2:]")),
    ]
}

fn plain_value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("first_name".to_owned()),
        Just("city".to_owned()),
        Just("tier".to_owned()),
        Just("shop".to_owned()),
        Just("recipient.country".to_owned()),
        Just("occurrence.date".to_owned()),
        Just("recipient['country']".to_owned()),
        "['\"`]".prop_flat_map(|quote| "[ab\\\\{}%#]{0,3}".prop_map(move |body| {
            let body = body.replace('\\', "\\\\");
            format!("{quote}{body}{quote}")
        })),
    ]
}

fn number_value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("percent".to_owned()),
        Just("recipient.bucket".to_owned()),
        Just("occurrence.week".to_owned()),
        (-3_i64..100).prop_map(|number| number.to_string()),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    let equality = prop_oneof![Just("=="), Just("!=")];
    let ordering = prop_oneof![Just("=="), Just("!="), Just("<"), Just("<="), Just(">"), Just(">=")];
    let leaf = prop_oneof![
        (text_value(), equality, text_value()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (number_value(), ordering, number_value()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (
            text_value(),
            prop_oneof![Just("in"), Just("not in")],
            prop::collection::vec(text_value(), 0..3)
        )
            .prop_map(|(a, op, list)| format!("{a} {op} [{}]", list.join(", "))),
        Just("open".to_owned()),
        Just("true".to_owned()),
        Just("percent".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), prop_oneof![Just("and"), Just("or")], inner.clone())
                .prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.prop_map(|a| format!("not ({a})")),
        ]
    })
}

fn open_tag() -> impl Strategy<Value = &'static str> {
    prop_oneof![3 => Just("{% "), 1 => Just("{%- ")]
}

fn close_tag() -> impl Strategy<Value = &'static str> {
    prop_oneof![3 => Just(" %}"), 1 => Just(" -%}")]
}

fn template() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => "[ a-cåö€’\n\t{}%#-]{0,6}".prop_map(|text| {
            // Marks of Tera's own are not text.
            ["{{", "{%", "{#"].iter().fold(text, |text, mark| text.replace(mark, "x"))
        }),
        2 => (prop_oneof![Just("{{ "), Just("{{- ")], prop_oneof![text_value(), number_value()], prop_oneof![Just(" }}"), Just(" -}}")])
            .prop_map(|(open, value, close)| format!("{open}{value}{close}")),
        1 => (plain_value(), plain_value()).prop_map(|(a, b)| format!("{{{{ {a} ~ {b} }}}}")),
        1 => (text_value(), prop_oneof![Just("'"), Just("'vän")]).prop_map(|(a, b)| format!("{{{{ {a} or {b}' }}}}")),
        1 => prop_oneof![
            Just("{# note #}"), Just("{#- note -#}"), Just(" {# note -#} "), Just("{% raw %} {{ x }} {% endraw %}"),
            Just("{%- raw -%} {% a {%- endraw -%}"), Just("{% block b %}"),
        ].prop_map(|text| if text.contains("block") { String::new() } else { text.to_owned() }),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let nodes = prop::collection::vec(inner, 1..4).prop_map(|nodes| {
            // Pieces of text side by side must not make a mark between them.
            nodes.into_iter().fold(String::new(), |text, node| {
                let joins = text.ends_with('{') && (node.starts_with(['{', '%', '#']));
                format!("{text}{}{node}", if joins { " " } else { "" })
            })
        });
        let tag = |word: String| {
            (open_tag(), Just(word), close_tag()).prop_map(|(open, word, close)| format!("{open}{word}{close}"))
        };
        prop_oneof![
            nodes.clone(),
            (
                condition().prop_flat_map(move |c| tag(format!("if {c}"))),
                nodes.clone(),
                tag("endif".into())
            )
                .prop_map(|(open, body, close)| format!("{open}{body} {close}")),
            (
                condition().prop_flat_map(move |c| tag(format!("if {c}"))),
                nodes.clone(),
                condition().prop_flat_map(move |c| tag(format!("elif {c}"))),
                nodes.clone(),
                tag("else".into()),
                nodes,
                tag("endif".into()),
            )
                .prop_map(|(i, a, e, b, o, c, end)| format!("{i}{a} {e}{b} {o}{c} {end}")),
        ]
    })
}

#[test]
fn a_message_with_more_line_breaks_than_any_message_is_long_is_counted_as_it_is_sent() {
    let program = Fixture::one_off()
        .compile("Hi {{ first_name }}, ş €{{ city }}")
        .unwrap();
    assert!(program.is_compiled());
    for breaks in [0, 1, 16_383, 16_384, 40_000, 70_000] {
        let city = "\n".repeat(breaks);
        let row = Row {
            recipient: Msisdn::from_u64(46_701_234_567).unwrap(),
            country: None,
            fields: &["", "Åsa", &city],
            occurrence: None,
            salt: salt(),
        };
        let (mut out, mut counted) = (String::new(), Counted::default());
        let rendered = program
            .renderer()
            .render_counted(Transliterate::Off, &row, &mut out, &mut counted);
        assert_eq!((rendered, out.as_str()), (Ok(()), "Hi Åsa, ş €"));
        assert_eq!(counted, Counted::of(&out), "{breaks}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_fast_path_says_what_tera_says(
        body in template(), first_name in "[abÅßǆ'{} \n.-]{0,4}", city in "[ab]{0,2}", tier in "[ab]{0,1}", number in 46_700_000_000_u64..46_700_000_300,
    ) {
        let program = Fixture::recurring().compile(&body);
        let Ok(program) = program else {
            return Err(TestCaseError::fail(format!("{body:?}: {program:?}")));
        };
        prop_assert!(program.is_compiled(), "{:?}", body);
        let occurrence = OccurrenceVariable::new(LocalTime::parse("2026-01-01T10:00").unwrap());
        let country = Country::parse("SE").unwrap();
        let fields = ["", first_name.as_str(), city.as_str(), tier.as_str()];
        let row = Row { recipient: Msisdn::from_u64(number).unwrap(), country: Some(&country), fields: &fields, occurrence: Some(&occurrence), salt: salt() };
        let (mut fast, mut slow) = (String::new(), String::new());
        let mut counted = Counted::default();
        let fast_result = program.renderer().render_counted(Transliterate::Off, &row, &mut fast, &mut counted);
        if fast_result.is_ok() {
            prop_assert_eq!(counted, Counted::of(&fast), "{:?}", fast);
        }
        let slow_result = program.without_fast_path().renderer().render(&row, &mut slow);
        prop_assert_eq!(fast_result, slow_result, "{:?}", body);
        prop_assert_eq!(fast, slow, "{:?}", body);
    }

    #[test]
    fn the_fast_condition_decides_as_tera_does(
        expression in condition(), first_name in "[ab]{0,1}", city in "[ab]{0,1}", number in 46_700_000_000_u64..46_700_000_300,
    ) {
        let fixture = Fixture::recurring();
        let predicate = fixture.predicate(&expression).unwrap();
        prop_assert!(predicate.is_compiled(), "{:?}", expression);
        let body = text(&format!("{{% if {expression} %}}1{{% else %}}0{{% endif %}}"));
        let template = super::Program::compile(&body, &fixture.names()).unwrap().without_fast_path();
        let occurrence = OccurrenceVariable::new(LocalTime::parse("2026-01-01T10:00").unwrap());
        let fields = ["", first_name.as_str(), city.as_str()];
        let row = Row { recipient: Msisdn::from_u64(number).unwrap(), country: None, fields: &fields, occurrence: Some(&occurrence), salt: salt() };
        let mut out = String::new();
        template.renderer().render(&row, &mut out).unwrap();
        prop_assert_eq!(predicate.matcher().matches(&row), Ok(out == "1"), "{}", expression);
    }
}

#[test]
fn a_slow_predicate_decides_too() {
    let fixture = Fixture::one_off();
    let predicate = fixture
        .predicate("age | int >= 18 and city is starting_with(pat='Mal')")
        .unwrap();
    assert!(!predicate.is_compiled());
    let mut matcher = predicate.matcher();
    let mut decide = |fields: &[&str]| {
        let recipient = Msisdn::parse("46701234567").unwrap();
        matcher.matches(&Row {
            recipient,
            country: None,
            fields,
            occurrence: None,
            salt: salt(),
        })
    };
    assert_eq!(decide(&["", "", "Malmö", "", "18"]), Ok(true));
    assert_eq!(decide(&["", "", "Malmö", "", "17"]), Ok(false));
    assert!(decide(&["", "", "Malmö", "", "old"]).is_err());
    assert_eq!(decide(&["", "", "Lund", "", "40"]), Ok(false));
}
