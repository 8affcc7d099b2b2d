//! Every fault of a template: its code and its place.

use super::super::diagnostics;
use super::{ANNA, Fixture};
use crate::model::{Code, Diagnostic};

fn faults(fixture: &Fixture, body: &str) -> Vec<Diagnostic> {
    fixture.compile(body).err().unwrap_or_default()
}

/// (template, code, line, column)
fn fails(body: &str, code: &Code, line: usize, column: usize) -> Diagnostic {
    let found = faults(&Fixture::one_off(), body);
    let first = found.first().unwrap_or_else(|| panic!("accepted: {body}"));
    let place = first.place.as_ref().unwrap();
    assert_eq!(
        (first.code, place.line, place.column),
        (code.id, line, column),
        "{body}: {found:?}"
    );
    first.clone()
}

#[test]
fn an_unknown_name_is_found_wherever_it_hides() {
    for body in [
        "Hi {{ ¤frist_name }}",
        "{% if ¤frist_name == 'x' %}a{% endif %}",
        "{% if city == 'x' %}a{% elif ¤frist_name == 'y' %}b{% endif %}",
        "{% if city == 'x' and (tier == 'y' or ¤frist_name == 'z') %}a{% endif %}",
        "{% if not ¤frist_name == 'x' %}a{% endif %}",
        "{% if city in [tier, ¤frist_name] %}a{% endif %}",
        "{% if ¤frist_name is starting_with(pat='x') %}a{% endif %}",
        "{% if city is starting_with(pat=¤frist_name) %}a{% endif %}",
        "{{ ¤frist_name or 'friend' }}",
        "{{ ¤frist_name | default(value='friend') }}",
        "{{ city | default(value=¤frist_name) }}",
        "{{ 'a' if ¤frist_name == 'x' else 'b' }}",
        "{{ 'a' if tier == 'x' else ¤frist_name }}",
        "{% set x = ¤frist_name %}{{ x }}",
        "{% set x %}{{ ¤frist_name }}{% endset %}{{ x }}",
        "{% for c in ¤frist_name %}{{ c }}{% endfor %}",
        "{% for c in city %}{{ ¤frist_name }}{% endfor %}",
        "{% for c in city %}{{ c }}{% else %}{{ ¤frist_name }}{% endfor %}",
        "{{ [x ~ ¤frist_name for x in city] | join }}",
        "{{ [x for x in city if ¤frist_name == x] | join }}",
        "{{ city[¤frist_name:] }}",
        "{% filter replace(from='a', to=¤frist_name) %}a{% endfilter %}",
        "{% filter upper %}{{ ¤frist_name }}{% endfilter %}",
        "{{ range(end=¤frist_name) | length }}",
        "{{ { 'a': ¤frist_name } | length }}",
        "{{ city ~ ¤frist_name }}",
        "{{ -¤frist_name }}",
        "{% block a %}{{ ¤frist_name }}{% endblock %}",
        "{{ ¤frist_name.first }}",
        "{{ ¤frist_name?.first }}",
        "{% set_global x = ¤frist_name %}{{ x }}",
        "{{ __tera_context ~ ¤frist_name }}",
    ] {
        let column = 3 + body.split('¤').next().unwrap().chars().count();
        let body = body.replace('¤', "");
        let found = faults(&Fixture::one_off(), &body);
        assert!(
            found.iter().any(|fault| fault.code == diagnostics::UNKNOWN_NAME.id
                && fault.message.contains("frist_name")
                && fault.place.as_ref().unwrap().column == column
                && fault.hints.iter().any(|hint| hint == "did you mean `first_name`?")),
            "{body}: {found:?}"
        );
    }
}

#[test]
fn where_is_held_to_the_same_rules() {
    let fixture = Fixture::one_off();
    for (expression, code) in [
        ("consnt == 'yes'", diagnostics::UNKNOWN_NAME),
        ("tier == 'gold' and citty == 'x'", diagnostics::UNKNOWN_NAME),
        ("tier", diagnostics::BARE_CELL),
        ("not tier", diagnostics::BARE_CELL),
        ("tier == 'x' or city", diagnostics::BARE_CELL),
        ("age >= 18", diagnostics::KINDS_DIFFER),
        ("age == ", diagnostics::SYNTAX),
        ("tier == 'x') %}1{% if (city == 'y'", diagnostics::SYNTAX),
        ("occurrence.date == '2026-12-01'", diagnostics::UNKNOWN_NAME),
        ("'gold'", diagnostics::WHERE_SELECTS),
        ("first_name | lenght > 3", diagnostics::UNKNOWN_FILTER),
    ] {
        let found = fixture.predicate(expression).err().unwrap_or_default();
        assert_eq!(
            found.first().map(|fault| fault.code),
            Some(code.id),
            "{expression}: {found:?}"
        );
        assert_eq!(found[0].place.as_ref().unwrap().line, 5);
    }
    let found = fixture.predicate("tier == 'gold' and citty == 'x'").unwrap_err();
    assert_eq!(found[0].place.as_ref().unwrap().column, 3 + 19);
}

#[test]
fn faults_stand_at_their_line_and_column() {
    fails("Hej\n  {{ citty }}", &diagnostics::UNKNOWN_NAME, 6, 8);
    fails("Hej {{ city", &diagnostics::SYNTAX, 5, 10);
    fails("å {{ city | uper }}", &diagnostics::UNKNOWN_FILTER, 5, 15);
    fails("{% if city is emty %}{% endif %}", &diagnostics::UNKNOWN_FILTER, 5, 17);
    fails("{{ now() }}", &diagnostics::UNKNOWN_FILTER, 5, 6);
    fails("{{ get_env(name='HOME') }}", &diagnostics::UNKNOWN_FILTER, 5, 6);
    fails("a {% include 'b' %}", &diagnostics::SYNTAX, 5, 5);
    fails("{% component A() %}x{% endcomponent %}", &diagnostics::SYNTAX, 5, 3);
    fails("{{ recipient }}", &diagnostics::UNKNOWN_NAME, 5, 6);
    fails("{{ recipient.contry }}", &diagnostics::UNKNOWN_NAME, 5, 6);
    fails("{{ occurrence.date }}", &diagnostics::UNKNOWN_NAME, 5, 6);
    fails("{{ loop.index }}", &diagnostics::UNKNOWN_NAME, 5, 6);
    fails("{{ city.name }}", &diagnostics::UNKNOWN_NAME, 5, 6);
    fails("{% if city %}a{% endif %}", &diagnostics::BARE_CELL, 5, 9);
    fails("{% if city | trim %}a{% endif %}", &diagnostics::BARE_CELL, 5, 9);
    fails(
        "{% set c = city %}{% if c %}a{% endif %}",
        &diagnostics::BARE_CELL,
        5,
        27,
    );
    fails("{% if recipient.country %}a{% endif %}", &diagnostics::BARE_CELL, 5, 9);
    fails("{% if age == 30 %}a{% endif %}", &diagnostics::KINDS_DIFFER, 5, 9);
    fails(
        "{% if recipient.bucket == '5' %}a{% endif %}",
        &diagnostics::KINDS_DIFFER,
        5,
        9,
    );
    fails(
        "{% if age in [30, 31] %}a{% endif %}",
        &diagnostics::KINDS_DIFFER,
        5,
        17,
    );
    fails("{{ age + 1 }}", &diagnostics::KINDS_DIFFER, 5, 6);
    fails(
        "{% if tier == 'a' %}{% set x = 1 %}{% endif %}{{ x }}",
        &diagnostics::MAYBE_UNSET,
        5,
        52,
    );
    fails(
        "{% for c in city %}{% set x = c %}{% endfor %}{{ x }}",
        &diagnostics::MAYBE_UNSET,
        5,
        52,
    );
}

#[test]
fn a_column_without_a_plain_name_is_explained() {
    let fault = fails("{{ firstname2 }}", &diagnostics::UNKNOWN_NAME, 5, 6);
    assert!(fault.hints[0].contains("`first_name`"), "{:?}", fault.hints);
    let known = &fault.hints[1];
    assert!(known.contains("`shop`") && known.contains("`recipient`") && !known.contains("`First name`"));
    assert!(!known.contains("occurrence"));
}

#[test]
fn a_name_cannot_mean_two_things() {
    let mut fixture = Fixture::one_off();
    fixture.columns.push("shop".into());
    fixture.columns.push("recipient".into());
    assert_eq!(faults(&fixture, "hi")[0].code, diagnostics::NAME_TWICE.id);
    fixture.vars.remove("shop");
    assert!(fixture.compile("{{ shop }}").is_ok());
    assert_eq!(
        faults(&fixture, "{{ recipient.country }}")[0].code,
        diagnostics::NAME_TWICE.id
    );
}

#[test]
fn what_is_right_is_accepted() {
    let fixture = Fixture::one_off();
    for body in [
        "Hi {{ first_name }}!",
        "{% if first_name != '' %}{{ first_name }}{% else %}friend{% endif %}",
        "{{ first_name or 'friend' }}",
        "{{ first_name | trim | title }}, {{ age | int + 1 }}",
        "{% set x = city %}{{ x }}",
        "{% if tier == 'a' %}{% set x = 1 %}{% else %}{% set x = 2 %}{% endif %}{{ x }}",
        "{% set city = city | upper %}{{ city }}",
        "{% for c in city %}{{ loop.index }}{{ c }}{% if loop.last %}.{% endif %}{% endfor %}",
        "{% for w in city | split(pat=' ') %}{{ w }}{% endfor %}",
        "{{ [c | upper for c in city if c != 'a'] | join(sep='-') }}",
        "{% if open %}{{ shop }} {{ percent }}{% endif %}",
        "{% if percent > 10 and recipient.bucket < 50 %}a{% else %}b{% endif %}",
        "{{ recipient['country'] }}",
        "{{ city[0:2] }}",
        "{% raw %}{{ citty }}{% endraw %}{# {{ citty }} #} x",
        "{% filter upper %}{{ city }}{% endfilter %}",
        "{{ shop }} % 5 { } {",
    ] {
        let program = fixture
            .compile(body)
            .unwrap_or_else(|faults| panic!("{body}: {faults:?}"));
        assert!(super::render(&program, &ANNA).is_ok(), "{body}");
    }
    assert!(
        Fixture::recurring()
            .compile("{{ occurrence.date }} {{ occurrence['week'] }}")
            .is_ok()
    );
}

#[test]
fn what_looks_wrong_is_warned_about() {
    let warns = |body: &str| -> Vec<(String, usize)> {
        let program = Fixture::one_off().compile(body).unwrap();
        let warning = |w: &Diagnostic| (w.code.to_owned(), w.place.as_ref().unwrap().line);
        program.warnings().iter().map(warning).collect()
    };
    let one = |code: &Code, line: usize| vec![(code.id.to_owned(), line)];
    assert_eq!(
        warns("{{ city | default(value='x') }}"),
        one(&diagnostics::DEFAULT_ON_COLUMN, 5)
    );
    assert_eq!(warns("{{ city | default(value='x', boolean=true) }}"), []);
    assert_eq!(
        warns("{% if city is defined %}a{% endif %}"),
        one(&diagnostics::DEFAULT_ON_COLUMN, 5)
    );
    let lines = "a\n{% if city == 'x' %}\nb\n{% endif %}\nc";
    assert_eq!(warns(lines), one(&diagnostics::BLANK_LINES, 6));
    assert_eq!(warns("a\n{%- if city == 'x' %}\nb\n{%- endif %}\nc"), []);
    assert_eq!(warns("a\n{% if city == 'x' -%}\nb\n{% endif -%}\nc"), []);
    assert_eq!(warns("{# note #}\na"), one(&diagnostics::BLANK_LINES, 5));
    assert_eq!(
        warns("a\n{% if city == 'x' %}b{% endif %}\nc\n{% if city == 'x' %}b{% endif %}"),
        []
    );
    assert_eq!(warns("a{% if city == 'x' %}\nb{% endif %}"), []);
}

#[test]
fn selecting_nobody_or_everybody_is_warned_about() {
    let expression = super::text("tier == 'gold'");
    let warns = |selected, rows| super::Predicate::selection_warning(&expression, selected, rows).is_some();
    assert_eq!(
        [warns(0, 0), warns(0, 5), warns(5, 5), warns(3, 5)],
        [false, true, true, false]
    );
}

#[test]
fn every_code_has_a_page_and_its_own_number() {
    let mut ids: Vec<&str> = diagnostics::ALL.iter().map(|code| code.id).collect();
    ids.dedup();
    assert_eq!(ids.len(), diagnostics::ALL.len());
    for code in diagnostics::ALL {
        assert!(
            code.id.starts_with("C2") && code.page.lines().all(|line| line.chars().count() <= 80),
            "{}",
            code.id
        );
    }
}

#[test]
fn a_template_beyond_all_measure_is_refused_before_tera_reads_it() {
    let branches = format!(
        "{{% if city == 'x' %}}{}{{% endif %}}",
        "{% elif city == 'y' %}".repeat(100_000)
    );
    assert_eq!(faults(&Fixture::one_off(), &branches)[0].code, diagnostics::SYNTAX.id);
    for nested in ["(", "[", "not ", "-", "{'a': ", "city["] {
        let body = format!("{{{{ {}city }}}}", nested.repeat(5_000));
        assert_eq!(
            faults(&Fixture::one_off(), &body)[0].code,
            diagnostics::SYNTAX.id,
            "{nested}"
        );
    }
    let blocks = "{% if city == 'x' %}".repeat(3_000);
    assert_eq!(faults(&Fixture::one_off(), &blocks)[0].code, diagnostics::SYNTAX.id);
}
