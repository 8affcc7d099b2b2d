//! What comes out of templates, what rows can break, and the bounds.

use super::super::filters::{FILTERS, FUNCTIONS, TESTS};
use super::super::{MAX_MESSAGE_BYTES, RenderFault};
use super::{ANNA, Fixture, render, salt};
use crate::model::Msisdn;

fn says(body: &str, expected: &str) {
    assert_eq!(
        Fixture::recurring().render(body, &ANNA).as_deref(),
        Ok(expected),
        "{body}"
    );
}

#[test]
fn columns_constants_and_reserved_names_are_filled_in() {
    says("Hi {{ first_name }} in {{ city }}!\n", "Hi Anna in Malmö!");
    says("{{ shop }}: {{ percent }} % {{ open }}", "Kungsgatan 1: 20 % true");
    says("{{ recipient.country }} {{ recipient.bucket }}", "SE 47");
    says(
        "{{ occurrence.date }} {{ occurrence.time }} {{ occurrence.week }}/{{ occurrence.weekday }}",
        "2026-12-01 10:00 49/2",
    );
    says(
        "{% if occurrence.month == 12 %}{{ occurrence['year'] }}{% endif %}",
        "2026",
    );
    says("<{{ first_name }}> & \"{{ city }}\"", "<Anna> & \"Malmö\"");
}

#[test]
fn own_filters_do_what_tera_lacks() {
    says("{{ 'å b/c~d' | urlencode }}", "%C3%A5%20b%2Fc~d");
    says("{{ '2026-12-01' | date(format='%d/%m %Y') }}", "01/12 2026");
    says("{{ ' 2026-12-01T10:05 ' | date(format='%H.%M') }}", "10.05");
    says(
        "{{ '1234567.5' | number(decimals=2, point=',', thousands=' ') }}",
        "1 234 567,50",
    );
    says(
        "{{ '-0.125' | number(decimals=2) }} {{ percent | number(decimals=1) }}",
        "-0.13 20.0",
    );
    says("{{ [first_name, city] | join(sep=' & ') }}", "Anna & Malmö");
    says("{{ city | replace(from='ö', to='oe') }}", "Malmoe");
    says("{{ {'b': 1, 'a': 2} | keys | join(sep=',') }}", "a,b");
    says(
        "{% for p in {'b': 1, 'a': 2} | pairs %}{{ p[0] }}{{ p[1] }}{% endfor %}",
        "a2b1",
    );
}

#[test]
fn every_filter_test_and_function_of_the_lists_exists() {
    let fixture = Fixture::one_off();
    let unknown = |body: String| {
        let refused = fixture.compile(&body).err().unwrap_or_default();
        assert!(refused.is_empty(), "{body}: {refused:?}");
    };
    for (filter, _) in FILTERS {
        unknown(format!("{{{{ [1] | {filter} }}}}"));
    }
    for test in TESTS {
        unknown(format!("{{% if [1] is {test} %}}a{{% endif %}}"));
    }
    for function in FUNCTIONS {
        unknown(format!("{{{{ {function}() }}}}"));
    }
}

#[test]
fn a_blank_message_is_a_fault_of_its_row() {
    let fixture = Fixture::one_off();
    assert_eq!(
        fixture.render("{{ city }}\n", &["", "", " \t\u{a0}"]),
        Err(RenderFault::Blank)
    );
    assert_eq!(
        fixture.render("{% if city == 'x' %}a{% endif %}", &ANNA),
        Err(RenderFault::Blank)
    );
    assert_eq!(
        fixture.render("{{ city | trim }}", &["", "", " "]),
        Err(RenderFault::Blank)
    );
    assert_eq!(fixture.render("a{{ city }}", &[]).as_deref(), Ok("a"));
}

#[test]
fn a_fault_of_a_row_never_repeats_what_stands_in_it() {
    let fixture = Fixture::one_off();
    let secret = ["46701234567", "Sekret", "Sekret", "Sekret", "Sekret", ""];
    for body in [
        "{{ age | int }}",
        "{{ age | float }}",
        "{{ age | int(base=99) }}",
        "{{ {'a': 1} | get(key=city) }}",
        "{{ throw(message=city) }}",
        "{{ throw(message='Sekret? ' ~ city) }}",
        "{{ city | date }}",
        "{{ age | number }}",
        "{{ city[age] }}",
        "{{ city | nth(n=0) }}",
        "{{ city | round }}",
        "{{ [city, 1] | sort }}",
        "{{ city | pluralize }}",
        "{% if city | split(pat='e') > 1 %}a{% endif %}",
    ] {
        match fixture.render(body, &secret) {
            Err(RenderFault::Template { place, message }) => {
                assert!(!message.to_lowercase().contains("sekret"), "{body}: {message}");
                assert_eq!((place.line, place.column >= 3), (5, true), "{body}");
            }
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[test]
fn a_fault_of_a_row_stands_where_it_arose_in_spite_of_the_guards() {
    let fixture = Fixture::one_off();
    let body = "{% for c in city %}{% set x = c %}\n{{ x }}{{ age | int }}{% endfor %}";
    let fields = ["", "", "ab", "", "old", ""];
    let Err(RenderFault::Template { place, .. }) = fixture.render(body, &fields) else {
        panic!("rendered")
    };
    assert_eq!((place.line, place.column), (6, 3 + 16));
}

#[test]
fn what_a_template_may_cost_is_bounded() {
    let fixture = Fixture::one_off();
    for body in [
        "{% for i in range(end=10000000) %}a{% endfor %}",
        "{% for i in range(end=90000) %}{% endfor %}a",
        "{% for i in range(end=1000) %}{% for j in range(end=1000) %}{% for k in range(end=1000) %}{% endfor %}{% endfor %}{% endfor %}a",
        "{{ [[i for i in range(end=1000)] for j in range(end=1000)] | length }}",
        "{% set x = 'ab' %}{% for i in range(end=60) %}{% set_global x = x ~ x %}{% endfor %}{{ x | length }}",
        "{% set x = [1] %}{% for i in range(end=60) %}{% set_global x = [x, x] %}{% endfor %}{{ x | length }}",
        "{% set x %}{% for i in range(end=4000) %}abcdefgh{% endfor %}{% endset %}{{ x | length }}",
        "{{ range(end=100000) | join(sep=range(end=100000) | join) | length }}",
        "{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' | replace(from='a', to=range(end=9000) | join) | length }}",
        "{% for i in range(end=4000) %}abcdefgh{% endfor %}",
    ] {
        match fixture.render(body, &ANNA) {
            Err(RenderFault::TooLong | RenderFault::Template { .. }) => {}
            other => panic!("{body}: {:?}", other.map(|text| text.len())),
        }
    }
    let long = "a".repeat(MAX_MESSAGE_BYTES + 1);
    assert_eq!(
        fixture.render("{{ city }}", &["", "", &long]),
        Err(RenderFault::TooLong)
    );
    assert_eq!(
        fixture.render("{{ city | urlencode }}", &["", "", &long]),
        Err(RenderFault::TooLong)
    );
    says("{% for i in range(end=3) %}{{ i }}{% endfor %}", "012");
}

#[test]
fn looping_over_a_map_is_refused_because_its_order_is_chance() {
    let fixture = Fixture::one_off();
    for body in [
        "{% for k, v in {'a': 1} %}{{ k }}{% endfor %}",
        "{{ [v for k, v in {'a': 1}] | join }}",
    ] {
        let Err(RenderFault::Template { message, .. }) = fixture.render(body, &ANNA) else {
            panic!("{body} rendered")
        };
        assert!(message.contains("no order"), "{message}");
    }
}

#[test]
fn a_recurring_campaign_without_an_occurrence_is_a_fault_not_a_guess() {
    let fixture = Fixture::recurring();
    for body in ["{{ occurrence.date }}", "{{ occurrence.date | date }}"] {
        let program = fixture.compile(body).unwrap();
        let row = super::Row {
            recipient: Msisdn::parse("46701234567").unwrap(),
            country: None,
            fields: &[],
            occurrence: None,
            salt: salt(),
        };
        let result = program.renderer().render(&row, &mut String::new());
        assert!(matches!(result, Err(RenderFault::Template { .. })));
    }
}

#[test]
fn a_program_tells_what_it_depends_on() {
    let fixture = Fixture::recurring();
    let of = |body: &str| {
        let program = fixture.compile(body).unwrap();
        (program.is_constant(), program.uses_occurrence(), program.is_compiled())
    };
    assert_eq!(of("{{ shop }}"), (true, false, true));
    assert_eq!(of("{{ occurrence.date | date }}"), (true, true, false));
    assert_eq!(of("{{ recipient.bucket }}"), (false, false, true));
    assert_eq!(of("{% if city == 'x' %}a{% endif %}b"), (false, false, true));
}

#[test]
fn a_body_renders_the_same_again_and_again() {
    let program = Fixture::one_off()
        .compile("{% set x = city %}{{ x }} {{ age | int }}")
        .unwrap();
    let mut renderer = program.renderer();
    let mut out = String::new();
    for city in ["Malmö", "Lund", "Malmö"] {
        let fields = ["", "", city, "", "7"];
        let row = super::Row {
            recipient: Msisdn::parse("46701234567").unwrap(),
            country: None,
            fields: &fields,
            occurrence: None,
            salt: salt(),
        };
        renderer.render(&row, &mut out).unwrap();
        assert_eq!(out, format!("{city} 7"));
    }
    assert_eq!(render(&program, &ANNA).unwrap(), "Malmö 30");
}
