//! Transport: committed vectors, and the documented expansions giving back every message.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::{Names, Program, Row};
use super::*;
use crate::campaign::{Transliterate, VarValue};
use crate::model::{Place, SplitSalt, Text};

/// What iP.1's documents say (ip1.md A14): each key is searched in the text and replaced by its value; one that nobody
/// defines stays. Keys are replaced one after the other, in either order, since the order is not documented.
fn expand_ip1(body: &str, values: &[(String, String)], backwards: bool) -> String {
    let mut values: Vec<_> = values.iter().collect();
    if backwards {
        values.reverse();
    }
    values.into_iter().fold(body.to_owned(), |text, (key, value)| {
        text.replace(&format!("{{{key}}}"), value)
    })
}

/// What Sinch's documents say (sinch.md 3): `${key}` by the recipient's value; one without a value aborts the message.
fn expand_sinch(body: &str, values: &[(String, String)]) -> Option<String> {
    let mut out = String::new();
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("${") {
        let (key, after) = after.split_once('}')?;
        let (_, value) = values.iter().find(|(name, _)| name == key)?;
        out.push_str(before);
        out.push_str(value);
        rest = after;
    }
    Some(out + rest)
}

/// Documented limits of what goes out.
fn obeys(api: Api, payload: &Payload) {
    assert!(limits::units(&payload.body) <= Profile::of(api).longest_body);
    if let PayloadRecipients::Personalized(people) = &payload.recipients {
        for (_, values) in people {
            for (key, value) in values {
                assert!(
                    key.len() <= 16
                        && key
                            .bytes()
                            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
                );
                assert!(!["default", "email"].contains(&key.as_str()));
                assert!(api == Api::Ip1 || limits::units(value) <= 160);
                assert!(api == Api::Sinch || !value.contains(['{', '}']));
            }
        }
    }
}

fn gives_back(api: Api, payload: &Payload, messages: &[Message]) {
    obeys(api, payload);
    match &payload.recipients {
        PayloadRecipients::Plain(people) => {
            assert_eq!(people.len(), messages.len());
            for (number, message) in people.iter().zip(messages) {
                assert_eq!((*number, &payload.body), (message.recipient, &message.body));
            }
        }
        PayloadRecipients::Personalized(people) => {
            assert_eq!(people.len(), messages.len());
            for ((number, values), message) in people.iter().zip(messages) {
                assert_eq!(*number, message.recipient);
                match api {
                    Api::Ip1 => {
                        assert_eq!(expand_ip1(&payload.body, values, false), message.body);
                        assert_eq!(expand_ip1(&payload.body, values, true), message.body);
                    }
                    Api::Sinch => assert_eq!(expand_sinch(&payload.body, values).as_ref(), Some(&message.body)),
                }
            }
        }
    }
}

struct Batch {
    shape: Option<Shape>,
    messages: Vec<Message>,
}

/// Renders a batch: rows are cells of the columns `a` and `default`.
fn batch(body: &str, mode: Transliterate, rows: &[(&str, &str)]) -> Batch {
    let columns = ["a".to_owned(), "default".to_owned()];
    let vars = BTreeMap::from([("shop".to_owned(), VarValue::Text("Kungsgatan".into()))]);
    let names = Names {
        columns: &columns,
        vars: &vars,
        recurring: false,
        variant: None,
    };
    let text = Text {
        text: body.into(),
        place: Place::file("c.yaml"),
        indent: 0,
        pieces: Vec::new(),
    };
    let program = Program::compile(&text, &names).unwrap_or_else(|faults| panic!("{body:?}: {faults:?}"));
    let shape = Shape::of(&program, None, mode);
    let mut renderer = program.renderer();
    let mut messages = Vec::new();
    for (number, (a, b)) in (46_700_000_000..).zip(rows) {
        let fields = [*a, *b];
        let row = Row {
            recipient: Msisdn::from_u64(number).unwrap(),
            country: None,
            fields: &fields,
            occurrence: None,
            salt: SplitSalt::new("black-friday"),
        };
        if let Ok(message) = renderer.message(mode, &row, shape.as_ref()) {
            messages.push(message);
        }
    }
    Batch { shape, messages }
}

fn shown(api: Api, body: &str, rows: &[(&str, &str)]) -> String {
    let Batch { shape, messages } = batch(body, Transliterate::Off, rows);
    match payload(api, shape.as_ref(), &messages) {
        Err(refused) => format!("refused {:?}", refused.iter().map(|one| one.index).collect::<Vec<_>>()),
        Ok(payload) => {
            gives_back(api, &payload, &messages);
            let values = match &payload.recipients {
                PayloadRecipients::Plain(people) => format!("plain {}", people.len()),
                PayloadRecipients::Personalized(people) => {
                    let row = |values: &Vec<(String, String)>| {
                        let pairs: Vec<String> = values.iter().map(|(key, value)| format!("{key}={value}")).collect();
                        pairs.join(",")
                    };
                    people
                        .iter()
                        .map(|(_, values)| row(values))
                        .collect::<Vec<_>>()
                        .join(" | ")
                }
            };
            format!("{} <- {values}", payload.body)
        }
    }
}

#[test]
fn the_choice_is_committed_as_vectors() {
    let two = [("Anna", "x"), ("Bo", "")];
    for (api, body, rows, expected) in [
        (Api::Ip1, "Hi all {shop}", &two[..], "Hi all {shop} <- plain 2"),
        (Api::Sinch, "Hi ${a}", &two, "Hi ${a} <- plain 2"),
        (Api::Ip1, "Hi {{ a }}", &two[..1], "Hi Anna <- plain 1"),
        (Api::Ip1, "{{ a }}", &[("x", "1"), ("x", "2")], "x <- plain 2"),
        (
            Api::Ip1,
            "Hi {{ a }} at {{ shop }}",
            &two,
            "Hi {v1} at Kungsgatan <- v1=Anna | v1=Bo",
        ),
        (
            Api::Sinch,
            "Hi {{ a }} at {{ shop }}",
            &two,
            "Hi ${v1} at Kungsgatan <- v1=Anna | v1=Bo",
        ),
        (
            Api::Ip1,
            "{{ a }}{{ default }}{{ a }}\n",
            &two,
            "{v1}{v2}{v1} <- v1=Anna,v2=x | v1=Bo,v2=",
        ),
        (
            Api::Sinch,
            "{{ default }}.{{ a }}",
            &two,
            "${v1}.${v2} <- v1=x,v2=Anna | v1=,v2=Bo",
        ),
        (
            Api::Ip1,
            "{% if a == 'Bo' %}Hej{% else %}Hi{% endif %} {{ a }}",
            &two,
            "{m1} <- m1=Hi Anna | m1=Hej Bo",
        ),
        (
            Api::Sinch,
            "{% if a == 'Bo' %}Hej{% else %}Hi{% endif %}",
            &two,
            "${m1} <- m1=Hi | m1=Hej",
        ),
        (Api::Ip1, "{{ a | upper }}", &two, "{m1} <- m1=ANNA | m1=BO"),
        (
            Api::Sinch,
            "{{ a }} pays ${{ default }}",
            &two,
            "${m1} <- m1=Anna pays $x | m1=Bo pays $",
        ),
        (
            Api::Ip1,
            "{{ a }} pays ${{ default }}",
            &two,
            "{v1} pays ${v2} <- v1=Anna,v2=x | v1=Bo,v2=",
        ),
        (Api::Ip1, "a{{ a }}", &[("b\n", ""), ("c", "")], "{m1} <- m1=ab | m1=ac"),
        (Api::Ip1, "{{ a }} }", &two, "refused [0, 1]"),
        (Api::Ip1, "{{ a }}", &[("x", ""), ("{v1}", "")], "refused [1]"),
        (
            Api::Sinch,
            "{{ a }}",
            &[("{x}", ""), ("}$", "")],
            "${v1} <- v1={x} | v1=}$",
        ),
        (
            Api::Sinch,
            "{{ a }}{{ default }}",
            &[("$", "{v1}"), ("x", "")],
            "refused [0]",
        ),
        (Api::Ip1, "Hi all }{", &[("x", ""), ("y", "")], "Hi all }{ <- plain 2"),
    ] {
        assert_eq!(shown(api, body, rows), expected, "{body}");
    }
}

#[test]
fn long_personalized_text_is_cut_for_sinch_without_cutting_a_character() {
    let long = format!("{}😀{}", "a".repeat(159), "b".repeat(200));
    let Batch { shape, messages } = batch("{{ a }}", Transliterate::Off, &[(&long, ""), ("c", "")]);
    let payload = payload(Api::Sinch, shape.as_ref(), &messages).unwrap();
    assert_eq!(payload.body, "${m1}${m2}${m3}");
    gives_back(Api::Sinch, &payload, &messages);
    let PayloadRecipients::Personalized(people) = &payload.recipients else {
        panic!("plain")
    };
    let lengths = |index: usize| {
        people[index]
            .1
            .iter()
            .map(|(_, value)| limits::units(value))
            .collect::<Vec<_>>()
    };
    assert_eq!([lengths(0), lengths(1)], [[159, 160, 42], [1, 0, 0]]);
}

#[test]
fn limits_hold_for_the_text_and_every_rendered_message() {
    let too_long = |api, units: usize, personalized| wire_fault(api, personalized, &"a".repeat(units)).is_some();
    assert_eq!(
        [too_long(Api::Ip1, 2000, true), too_long(Api::Ip1, 2001, false)],
        [false, true]
    );
    assert_eq!(
        [too_long(Api::Sinch, 1600, true), too_long(Api::Sinch, 1601, false)],
        [false, true]
    );
    let emoji = "😀".repeat(1000);
    assert_eq!(wire_fault(Api::Ip1, true, &emoji), None);
    assert!(matches!(
        wire_fault(Api::Ip1, true, &format!("{emoji}a")),
        Some(WireFault::TooLong { units: 2001, .. })
    ));
    // A template that is longer than any of its messages: cells shorter than their placeholders.
    let gaps = "{{ a }}".repeat(700);
    let Batch { shape, messages } = batch(&gaps, Transliterate::Off, &[("x", ""), ("y", "")]);
    let payload = payload(Api::Ip1, shape.as_ref(), &messages).unwrap();
    assert_eq!(payload.body, "{m1}");
    gives_back(Api::Ip1, &payload, &messages);
}

#[test]
fn the_choice_does_not_depend_on_the_order_of_messages() {
    let rows = [("Anna", "x"), ("Bo", ""), ("Cy", "z")];
    let Batch { shape, mut messages } = batch("{{ a }} {{ default }}", Transliterate::Off, &rows);
    let forward = payload(Api::Ip1, shape.as_ref(), &messages).unwrap();
    messages.reverse();
    let backward = payload(Api::Ip1, shape.as_ref(), &messages).unwrap();
    assert_eq!(forward.body, backward.body);
    let (PayloadRecipients::Personalized(mut a), PayloadRecipients::Personalized(b)) =
        (forward.recipients, backward.recipients)
    else {
        panic!("plain")
    };
    a.reverse();
    assert!(a == b);
}

#[test]
fn an_empty_batch_is_an_empty_plain_list() {
    let payload = payload(Api::Ip1, None, &[]).unwrap();
    assert!(payload.is_empty() && matches!(payload.recipients, PayloadRecipients::Plain(_)));
}

#[test]
fn a_message_never_shows_in_debug_output() {
    let Batch { messages, .. } = batch("Hi {{ a }}", Transliterate::Off, &[("Anna", "")]);
    assert_eq!(format!("{:?}", messages[0]), "Message(46•••••••00, 7 bytes)");
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-c’ é€]{0,4}",
        1 => prop_oneof![
            Just("{v1}".to_owned()), Just("${v1}".to_owned()), Just("{m1}".to_owned()), Just("$".to_owned()),
            Just("{".to_owned()), Just("v1}".to_owned()), Just("default".to_owned()), Just("\n".to_owned()),
        ],
        1 => "[ab😀]{150,400}",
    ]
}

fn body() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "[a-cé’ $.\n]{0,5}",
        2 => Just("{{ a }}".to_owned()),
        2 => Just("{{ default }}".to_owned()),
        1 => Just("{% if a == 'b' %}x{% endif %}".to_owned()),
        1 => prop_oneof![Just("{v1}".to_owned()), Just("${v1}".to_owned()), Just("} ".to_owned())],
    ];
    prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn the_documented_expansion_gives_back_exactly_the_rendered_messages(
        body in body(), rows in prop::collection::vec((cell(), cell()), 0..5), sinch in any::<bool>(), mode in 0..3,
    ) {
        let api = if sinch { Api::Sinch } else { Api::Ip1 };
        let mode = [Transliterate::Off, Transliterate::Punctuation, Transliterate::Latin][usize::try_from(mode).unwrap()];
        let rows: Vec<(&str, &str)> = rows.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let Batch { shape, messages } = batch(&body, mode, &rows);
        match payload(api, shape.as_ref(), &messages) {
            Ok(payload) => gives_back(api, &payload, &messages),
            Err(refused) => {
                prop_assert!(!refused.is_empty());
                for Refused { index, fault } in refused {
                    prop_assert_eq!(wire_fault(api, true, &messages[index].body), Some(fault));
                }
            }
        }
    }
}
