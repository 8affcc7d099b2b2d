//! Names that heads give, what is said where one is written otherwise, and fields in other programs' spellings.

use std::collections::BTreeMap;

use super::super::{Names, Predicate, Program, diagnostics};
use super::{Fixture, render, text};
use crate::campaign::VarValue;
use crate::model::Diagnostic;

fn heads(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|column| (*column).to_owned()).collect()
}

fn compile(columns: &[&str], body: &str) -> Result<Program, Vec<Diagnostic>> {
    let columns = heads(columns);
    let vars = BTreeMap::from([("shop".to_owned(), VarValue::Text("K1".to_owned()))]);
    let names = Names {
        columns: &columns,
        vars: &vars,
        recurring: false,
        variant: None,
    };
    Program::compile(&text(body), &names)
}

fn hints(faults: &[Diagnostic]) -> Vec<(&str, &str)> {
    faults
        .iter()
        .map(|fault| (fault.code, fault.hints[0].as_str()))
        .collect()
}

const HEADS: [&str; 5] = ["msisdn", "First Name", "Förnamn", "SMS Consent", "Ort/Stad"];

#[test]
fn every_head_gives_a_name() {
    let program = compile(
        &HEADS,
        "{{ first_name }} {{ fornamn }} {{ sms_consent | upper }} {{ ort_stad }}",
    )
    .unwrap();
    assert_eq!(
        render(&program, &["46", "Ann", "Åsa", "yes", "Malmö"]).unwrap(),
        "Ann Åsa YES Malmö"
    );
    let program = compile(&["Name", "x"], "{{ Name }} {% if name == 'Ann' %}{{ name }}{% endif %}").unwrap();
    assert!(program.is_compiled());
    assert_eq!(render(&program, &["Ann", ""]).unwrap(), "Ann Ann");
    let clash = compile(&["Shop"], "{{ shop }}").unwrap_err();
    assert_eq!(
        clash[0].message,
        "`shop` is the name of the CSV's column `Shop` and a variable under `vars`"
    );
    // A column never takes a reserved name.
    assert!(compile(&["Recipient"], "{{ recipient.country }}!").is_ok());
}

#[test]
fn heads_written_as_they_are_get_the_name_to_write() {
    let cases = [
        ("Hi {{ First Name }}", "write `{{ first_name }}`"),
        ("Hi {{Förnamn}}", "write `{{ fornamn }}`"),
        ("Hi {{ first-name }}", "write `{{ first_name }}`"),
        ("Hi {{ First Name | upper }}", "write `{{ first_name | upper }}`"),
        ("{% if SMS Consent == 'yes' %}x{% endif %}y", "write `sms_consent`"),
        ("{{ Ort/Stad }}", "write `{{ ort_stad }}`"),
    ];
    for (body, hint) in cases {
        let faults = compile(&HEADS, body).unwrap_err();
        assert_eq!(hints(&faults), [("C202", hint)], "{body}");
    }
    let faults = compile(&["Имя"], "{{ Имя }}").unwrap_err();
    assert_eq!(
        hints(&faults),
        [(
            "C202",
            "the column `Имя` needs a name for templates: `columns: { a_name: \"Имя\" }`"
        )]
    );
    let columns = heads(&HEADS);
    let names = Names {
        columns: &columns,
        vars: &BTreeMap::new(),
        recurring: false,
        variant: None,
    };
    for (condition, hint) in [
        ("SMS Consent == 'SMS Consent'", "write `sms_consent`"),
        ("recipient.country == 'SE' and Förnamn != ''", "write `fornamn`"),
    ] {
        let faults = Predicate::compile(&text(condition), &names).unwrap_err();
        assert_eq!(hints(&faults), [("C202", hint)], "{condition}");
    }
    // What is wrong otherwise is said as before.
    assert_eq!(
        compile(&HEADS, "{{ fornamn").unwrap_err()[0].code,
        diagnostics::SYNTAX.id
    );
    assert_eq!(
        hints(&compile(&HEADS, "{{ fornam }}").unwrap_err())[0].1,
        "did you mean `fornamn`?"
    );
    let place = compile(&HEADS, "ä\nå {{ First Name }}").unwrap_err()[0]
        .place
        .clone()
        .unwrap();
    assert_eq!((place.line, place.column, place.length), (6, 8, 10));
}

#[test]
fn fields_of_other_programs_are_warned_about() {
    let warned = |body: &str| {
        let program = compile(&HEADS, body).unwrap();
        let told = program
            .warnings()
            .iter()
            .filter(|warning| warning.code == diagnostics::OTHER_PROGRAMS_TAG.id);
        told.map(|warning| {
            (
                warning.message.split('`').nth(1).unwrap().to_owned(),
                warning.hints[0].clone(),
            )
        })
        .collect::<Vec<_>>()
    };
    for (body, tag, name) in [
        ("Hi {first_name}!", "{first_name}", "first_name"),
        ("Hi [First Name]!", "[First Name]", "first_name"),
        ("Hi %FÖRNAMN%!", "%FÖRNAMN%", "fornamn"),
        ("Hi *|FNAME|*!", "*|FNAME|*", "first_name"),
        ("Hi <<First Name>>!", "<<First Name>>", "first_name"),
        ("Hi ${firstName}!", "${firstName}", "first_name"),
        ("Hi {Contact.FirstName}!", "{Contact.FirstName}", "first_name"),
        ("Hi [[first-name]]!", "[[first-name]]", "first_name"),
        ("{{ fornamn }}: {msisdn} {msisdn}", "{msisdn}", "msisdn"),
        ("Visit {shop}", "{shop}", "shop"),
    ] {
        assert_eq!(
            warned(body),
            [(tag.to_owned(), format!("write `{{{{ {name} }}}}`"))],
            "{body}"
        );
    }
    assert_eq!(
        warned("%%UNSUBSCRIBE%%"),
        [(
            "%%UNSUBSCRIBE%%".to_owned(),
            "values are written as `{{ name }}`".to_owned()
        )]
    );
    for body in [
        "20 % off, 30% more {now} [sic] <b> %",
        "{% raw %}{first_name}{% endraw %} {# {first_name} #}",
        "{{ first_name }} 50%off 50%",
        "a {} [] %% $ {1}",
    ] {
        assert_eq!(warned(body), [], "{body}");
    }
}

#[test]
fn a_week_beside_the_year_of_the_day_is_warned_about() {
    let warned = |body: &str| {
        let program = Fixture::recurring().compile(body).unwrap();
        let found: Vec<_> = program.warnings().iter().map(|warning| warning.code).collect();
        found
    };
    let week = [diagnostics::WEEK_AND_YEAR.id];
    assert_eq!(warned("v{{ occurrence.week }} {{ occurrence.year }}"), week);
    assert_eq!(warned("{{ occurrence.date | date(format='%V %Y') }}"), week);
    assert_eq!(warned("{{ occurrence.date | date(format='%G-%m') }}"), week);
    for body in [
        "v{{ occurrence.week }} {{ occurrence.week_year }}",
        "{{ occurrence.year }}-{{ occurrence.month }}",
        "v{{ occurrence.week }}",
        "{{ occurrence.date | date(format='%G-W%V') }}",
        "{{ occurrence.date | date(format='%d %B %Y, %%V') }}",
    ] {
        assert_eq!(warned(body), [] as [&str; 0], "{body}");
    }
}

#[test]
fn truncate_cuts_between_graphemes() {
    let one_off = Fixture::one_off();
    let fields = |city: &'static str| ["46", "Ann", city, "", "", ""];
    for (city, cut) in [("🇸🇪🇳🇴", "🇸🇪"), ("👩‍👧‍👦x", "👩‍👧‍👦"), ("e\u{301}a", "e\u{301}"), ("ab", "a")]
    {
        let body = "{{ city | truncate(length=1, end='') }}";
        assert_eq!(one_off.render(body, &fields(city)).unwrap(), cut);
    }
    assert_eq!(
        one_off
            .render("{{ city | truncate(length=2) }}", &fields("abc"))
            .unwrap(),
        "ab…"
    );
    assert_eq!(
        one_off
            .render("{{ city | truncate(length=3) }}", &fields("abc"))
            .unwrap(),
        "abc"
    );
}
