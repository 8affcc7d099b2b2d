//! The emulated iP.1 calls, judged by the vendor's pages; `src/emulator/ip1/RULES.md` says which sentence each test shows.

use serde_json::{Value, json};

use crate::emulated::{Emulated, Reply};

const BATCHES: &str = "/v2/batches";

/// The smallest call that the pages show, planned for the next day.
fn order() -> Value {
    json!({
        "sender": "iP1", "recipients": ["46701234567"], "body": "A very nice message",
        "deliveryWindows": [{ "opens": "2026-11-24T09:00:00Z", "closes": "2026-11-24T20:00:00Z" }],
    })
}

fn with(field: &str, value: Value) -> Value {
    let mut order = order();
    order[field] = value;
    order
}

async fn create(emulated: &Emulated, call: &Value) -> Value {
    let reply = emulated.post(BATCHES, call).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

fn path(batch: &Value) -> String {
    format!("{BATCHES}/{}", batch["id"].as_str().unwrap())
}

/// Each value of a field is refused with 400 and a sentence under the field's name.
async fn refuses(field: &str, values: &[Value]) {
    let emulated = Emulated::fresh().await;
    for value in values {
        let reply = emulated.post(BATCHES, &with(field, value.clone())).await;
        assert_eq!(reply.status, 400, "{field}: {value}");
        assert!(
            reply.json()["errors"][field][0].is_string(),
            "{field}: {value}: {}",
            reply.text
        );
    }
    assert_eq!(
        emulated.get(BATCHES).await.json(),
        json!([]),
        "a refused call leaves nothing behind"
    );
}

/// Each value of a field is accepted and shown as the second value.
async fn shows(field: &str, values: &[(Value, Value)]) {
    let emulated = Emulated::fresh().await;
    for (sent, shown) in values {
        assert_eq!(
            create(&emulated, &with(field, sent.clone())).await[field],
            *shown,
            "{field}: {sent}"
        );
    }
}

fn problem(reply: &Reply, status: u16) {
    assert_eq!(reply.status, status, "{}", reply.text);
    assert!(
        reply
            .header("content-type")
            .unwrap()
            .starts_with("application/problem+json")
    );
    let body = reply.json();
    assert_eq!(body["status"], status);
    assert!(
        ["type", "title", "detail"].iter().all(|key| body[*key].is_string()),
        "{body}"
    );
}

#[tokio::test]
async fn the_required_fields_alone_make_a_batch_that_is_sent_now() {
    let emulated = Emulated::fresh().await;
    let call =
        json!({ "sender": "iP1", "recipients": ["456189040623", "175368927054"], "body": "A very nice message" });
    let batch = create(&emulated, &call).await;
    let defaults = [
        ("type", json!("sms")),
        ("datacoding", json!("UCS")),
        ("priority", json!(1)),
        ("templated", json!(false)),
    ];
    for (field, value) in defaults {
        assert_eq!(batch[field], value, "{field}");
    }
    assert_eq!(
        (&batch["reference"], &batch["deliveryReportUrl"], &batch["tags"]),
        (&Value::Null, &Value::Null, &json!([]))
    );
    assert_eq!((&batch["direction"], &batch["status"]), (&json!("MT"), &json!(112)));
    assert_eq!(emulated.messages().await.len(), 2);
}

#[tokio::test]
async fn a_missing_field_is_refused_by_name() {
    let emulated = Emulated::fresh().await;
    for field in ["sender", "recipients", "body"] {
        let mut call = order();
        call.as_object_mut().unwrap().remove(field);
        let reply = emulated.post(BATCHES, &call).await;
        problem(&reply, 400);
        assert!(reply.json()["errors"][field][0].is_string());
    }
    let all = emulated.post(BATCHES, &json!({})).await.json();
    assert_eq!(
        all["errors"].as_object().unwrap().len(),
        3,
        "every fault in one answer: {all}"
    );
}

#[tokio::test]
async fn a_sender_is_a_short_word_or_up_to_15_digits() {
    let refused = [
        "1234567890123456",
        "AB",
        "ABCDEFGHIJKL",
        "Company name",
        "iP.1",
        "+46701234567",
        "Åhlens",
        "",
    ];
    refuses("sender", &refused.map(Value::from)).await;
    refuses("sender", &[json!(null), json!(46_101_606_060_u64)]).await;
    let accepted = ["123456789012345", "ABC", "ABCDEFGHIJK", "46101606060", "A1b", "7"];
    shows("sender", &accepted.map(|sender| (json!(sender), json!(sender)))).await;
}

#[tokio::test]
async fn one_bad_recipient_rejects_the_whole_call() {
    let bad = ["1234567890123456", "+46701234567", "46 701234567", "46701234x67", ""];
    for shape in [
        json!([]),
        json!({}),
        json!("46701234567"),
        json!([46_701_234_567_u64]),
        json!({ "default": {} }),
    ] {
        refuses("recipients", &[shape]).await;
    }
    refuses("recipients", &bad.map(|number| json!(["46701234567", number]))).await;
    refuses(
        "recipients",
        &bad.map(|number| json!({ "46701234567": {}, number: {} })),
    )
    .await;
    refuses(
        "recipients",
        &[json!({ "46701234567": "Bob" }), json!({ "46701234567": { "age": 7 } })],
    )
    .await;
}

#[tokio::test]
async fn a_body_has_text_and_at_most_2000_characters() {
    let long = "å".repeat(2001);
    refuses(
        "body",
        &[
            json!(null),
            json!(""),
            json!(" \n\t"),
            json!(long),
            json!("😀".repeat(1001)),
            json!(1),
        ],
    )
    .await;
    let longest = json!("å".repeat(2000));
    shows("body", &[(longest.clone(), longest)]).await;
}

#[tokio::test]
async fn a_type_is_sms_or_flash() {
    refuses("type", &[json!("mms"), json!(""), json!(2)]).await;
    shows(
        "type",
        &[
            (json!("sms"), json!("sms")),
            (json!("FLASH"), json!("flash")),
            (json!(null), json!("sms")),
            (json!(0), json!("flash")),
            (json!(1), json!("sms")),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_datacoding_is_gsm_or_ucs_and_ucs_unless_said() {
    refuses("datacoding", &[json!("utf-8"), json!("auto"), json!(1)]).await;
    shows(
        "datacoding",
        &[
            (json!("gsm"), json!("GSM")),
            (json!("GSM"), json!("GSM")),
            (json!("ucs"), json!("UCS")),
            (json!(null), json!("UCS")),
            (json!(0), json!("GSM")),
            (json!(2), json!("UCS")),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_priority_is_1_or_2() {
    refuses("priority", &[json!(0), json!(3), json!("1"), json!(1.5)]).await;
    shows(
        "priority",
        &[(json!(1), json!(1)), (json!(2), json!(2)), (json!(null), json!(1))],
    )
    .await;
}

#[tokio::test]
async fn windows_are_completed_by_the_parsing_rules() {
    let emulated = Emulated::fresh().await;
    emulated.clock("2026-11-23T12:00:00Z").await;
    let one = create(
        &emulated,
        &with(
            "deliveryWindows",
            json!([{ "opens": "2026-11-25T17:00:19+01:00", "closes": null }]),
        ),
    )
    .await;
    assert_eq!(
        one["deliveryWindows"],
        json!([{ "opens": "2026-11-25T16:00:19Z", "closes": "2026-11-28T16:00:19Z" }])
    );
    for open in [json!(null), json!([]), json!([{ "opens": null }])] {
        let batch = create(&emulated, &with("deliveryWindows", open)).await;
        let window = &batch["deliveryWindows"][0];
        assert!(
            window["opens"].as_str().unwrap().starts_with("2026-11-23T12:00:"),
            "{window}"
        );
        assert!(
            window["closes"].as_str().unwrap().starts_with("2026-11-26T12:00:"),
            "{window}"
        );
        assert_eq!(batch["status"], 112);
    }
}

#[tokio::test]
async fn overlapping_windows_reject_the_call_and_touching_ones_do_not() {
    let window = |opens: &str, closes: &str| json!({ "opens": format!("2026-11-24T{opens}Z"), "closes": format!("2026-11-24T{closes}Z") });
    refuses(
        "deliveryWindows",
        &[
            json!([window("09:00:00", "12:00:00"), window("11:59:59", "13:00:00")]),
            json!([window("11:00:00", "13:00:00"), window("09:00:00", "11:30:00")]),
            json!([window("09:00:00", "12:00:00"), window("09:00:00", "12:00:00")]),
            json!([window("09:00:00", "09:00:00")]),
            json!([window("12:00:00", "09:00:00")]),
            json!([{ "opens": "at noon", "closes": null }]),
            json!([{ "opens": 5 }]),
            json!("2026-11-24"),
            json!(["2026-11-24"]),
        ],
    )
    .await;
    let touching = json!([window("12:00:00", "13:00:00"), window("09:00:00", "12:00:00")]);
    shows("deliveryWindows", &[(touching.clone(), touching)]).await;
}

#[tokio::test]
async fn a_report_url_is_an_absolute_url() {
    refuses(
        "deliveryReportUrl",
        &[
            json!("not a url"),
            json!("/dlr"),
            json!("ftp://ip1.net"),
            json!("https://"),
            json!(1),
        ],
    )
    .await;
    shows(
        "deliveryReportUrl",
        &[
            (json!("https://ip1.net"), json!("https://ip1.net")),
            (json!(null), json!(null)),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_reference_has_1_to_40_characters_that_are_not_blank() {
    refuses(
        "reference",
        &[
            json!(""),
            json!("   "),
            json!("x".repeat(41)),
            json!("😀".repeat(21)),
            json!(7),
        ],
    )
    .await;
    let longest = json!("x".repeat(40));
    shows(
        "reference",
        &[
            (longest.clone(), longest),
            (json!(null), json!(null)),
            (json!("custom-id-123"), json!("custom-id-123")),
        ],
    )
    .await;
}

#[tokio::test]
async fn tags_are_an_array_of_strings() {
    refuses("tags", &[json!("marketing"), json!([1]), json!({})]).await;
    shows(
        "tags",
        &[
            (json!(["marketing", " ux"]), json!(["marketing", " ux"])),
            (json!(null), json!([])),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_reference_used_before_is_accepted_again() {
    let emulated = Emulated::fresh().await;
    let one = create(&emulated, &with("reference", json!("same"))).await;
    let other = create(&emulated, &with("reference", json!("same"))).await;
    assert_ne!(one["id"], other["id"]);
    emulated.clock("2026-11-24T10:00:00Z").await;
    assert_eq!(emulated.messages().await.len(), 2, "and both are sent");
}

#[tokio::test]
async fn a_number_that_comes_twice_in_an_array_gets_two_messages() {
    let emulated = Emulated::fresh().await;
    let batch = create(&emulated, &with("recipients", json!(["46701234567", "46701234567"]))).await;
    assert_eq!(batch["messageSummary"], json!({ "101": { "messages": 2, "sms": 2 } }));
}

#[tokio::test]
async fn names_come_in_any_case_and_unknown_ones_are_ignored() {
    let emulated = Emulated::fresh().await;
    let call =
        json!({ "Sender": "iP1", "Recipients": ["46712345678"], "Body": "Test message rest v2", "Color": "red" });
    let batch = create(&emulated, &call).await;
    assert_eq!(
        (&batch["sender"], &batch["body"]),
        (&json!("iP1"), &json!("Test message rest v2"))
    );
    assert_eq!(batch.get("Color"), None);
}

#[tokio::test]
async fn broken_json_and_other_content_types_are_refused() {
    let emulated = Emulated::fresh().await;
    // The vendor's own example ends in a comma.
    for text in ["{ \"sender\": \"iP1\", }", "", "nonsense", "[]", "\"text\""] {
        let reply = emulated
            .send("POST", BATCHES, Some("Bearer key"), Some(text.into()))
            .await
            .unwrap();
        problem(&reply, 400);
    }
    let reply = emulated.send("POST", BATCHES, Some("Bearer key"), None).await.unwrap();
    problem(&reply, 400);
}

#[tokio::test]
async fn without_a_token_everything_is_unauthorized() {
    let emulated = Emulated::fresh().await;
    for (method, path) in [
        ("GET", BATCHES),
        ("POST", BATCHES),
        ("GET", "/v2/me/senders"),
        ("GET", "/api/me/account"),
        ("GET", "/v2/x"),
    ] {
        problem(&emulated.send(method, path, None, None).await.unwrap(), 401);
    }
}

#[tokio::test]
async fn unknown_things_are_not_found_and_wrong_methods_not_allowed() {
    let emulated = Emulated::fresh().await;
    let batch = path(&create(&emulated, &order()).await);
    let unknown = format!("{BATCHES}/5bc86b6e85c7209830f96936");
    for (method, path) in [
        ("GET", unknown.clone()),
        ("DELETE", unknown.clone()),
        ("GET", format!("{unknown}/messages")),
        ("GET", format!("{batch}/messages/5bc86b6e85c7209830f96936")),
        ("GET", format!("{batch}/messages/x")),
        ("GET", "/v2/batch".into()),
        ("GET", "/v2".into()),
    ] {
        problem(&emulated.call(method, &path, None).await, 404);
    }
    for (method, path, allowed) in [
        ("PUT", BATCHES.to_owned(), "GET, POST"),
        ("DELETE", BATCHES.to_owned(), "GET, POST"),
        ("PUT", batch.clone(), "GET, DELETE"),
        ("PATCH", batch.clone(), "GET, DELETE"),
        ("POST", format!("{batch}/messages"), "GET"),
    ] {
        let reply = emulated.call(method, &path, Some(&order())).await;
        problem(&reply, 405);
        assert_eq!(reply.header("allow"), Some(allowed), "{method} {path}");
    }
}

#[tokio::test]
async fn a_trailing_slash_makes_no_difference() {
    let emulated = Emulated::fresh().await;
    let batch = emulated.post("/v2/batches/", &order()).await.json();
    assert_eq!(emulated.get("/v2/batches/").await.json().as_array().unwrap().len(), 1);
    assert_eq!(
        emulated.get(&format!("{}/", path(&batch))).await.json()["id"],
        batch["id"]
    );
}

#[tokio::test]
async fn a_single_batch_has_every_field_of_the_page() {
    let emulated = Emulated::fresh().await;
    let call = json!({
        "sender": "46101606060", "recipients": { "46701234567": { "name": "earl" } }, "body": "Hi my name is {name}",
        "type": "flash", "datacoding": "GSM", "reference": "A client reference", "tags": ["marketing", "auth", "etc"],
        "deliveryReportUrl": "https://api.example.com/sms/deliveryreport",
        "deliveryWindows": [{ "opens": "2026-11-24T17:00:19Z", "closes": "2026-11-25T17:00:19Z" }],
    });
    let created = create(&emulated, &call).await;
    let single = emulated.get(&path(&created)).await.json();
    assert_eq!(created, single, "the answer to POST is the batch");
    let id = single["id"].as_str().unwrap();
    assert!(id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(
        single,
        json!({
            "id": id, "sender": "46101606060", "body": "Hi my name is {name}", "owner": "ip1-12345", "direction": "MT",
            "type": "flash", "datacoding": "GSM", "priority": 1, "templated": true, "status": 101,
            "priceSummary": { "total": 0.349, "currency": "SEK", "average": 0.349 },
            "messageSummary": { "101": { "messages": 1, "sms": 1 } },
            "deliveryWindows": [{ "opens": "2026-11-24T17:00:19Z", "closes": "2026-11-25T17:00:19Z" }],
            "deliveryReportUrl": "https://api.example.com/sms/deliveryreport",
            "reference": "A client reference", "tags": ["marketing", "auth", "etc"],
        })
    );
}

#[tokio::test]
async fn the_list_is_in_order_of_creation_and_has_no_summaries() {
    let emulated = Emulated::fresh().await;
    for reference in ["c", "a", "b"] {
        create(&emulated, &with("reference", json!(reference))).await;
    }
    let list = emulated.get(BATCHES).await.json();
    let list = list.as_array().unwrap();
    assert_eq!(
        list.iter()
            .map(|batch| batch["reference"].as_str().unwrap())
            .collect::<Vec<_>>(),
        ["c", "a", "b"]
    );
    let single = emulated.get(&path(&list[0])).await.json();
    let mut shorter = single.as_object().unwrap().clone();
    assert!(shorter.remove("messageSummary").is_some() && shorter.remove("priceSummary").is_some());
    assert_eq!(list[0], Value::Object(shorter));
}

#[tokio::test]
async fn the_list_comes_in_pages_with_a_link_header() {
    let emulated = Emulated::fresh().await;
    for number in 0..55 {
        create(&emulated, &with("reference", json!(number.to_string()))).await;
    }
    let page = async |query: &str| {
        let reply = emulated.get(&format!("{BATCHES}{query}")).await;
        let list = reply.json();
        let references = list.as_array().unwrap().iter();
        let references: Vec<usize> = references
            .map(|batch| batch["reference"].as_str().unwrap().parse().unwrap())
            .collect();
        (references, reply.header("link").unwrap().to_owned())
    };
    let url = emulated.running.url();
    let (first, link) = page("").await;
    assert_eq!(first, (0..50).collect::<Vec<_>>(), "50 unless said, from 0, ascending");
    let expected =
        |start: usize, rel: &str| format!("<{url}/v2/batches?start={start}&limit=50&order=ASC>; rel=\"{rel}\"");
    assert_eq!(
        link,
        [
            expected(0, "self"),
            expected(0, "first"),
            expected(50, "next"),
            expected(50, "last")
        ]
        .join(", ")
    );
    let (second, link) = page("?start=50&limit=50&order=ASC").await;
    assert_eq!(second, (50..55).collect::<Vec<_>>());
    assert!(
        link.contains(&expected(0, "prev")) && !link.contains("\"next\""),
        "{link}"
    );
    assert_eq!(page("?start=1&limit=2&order=DESC").await.0, [53, 52]);
    assert_eq!(
        page("?start=60").await.0,
        Vec::<usize>::new(),
        "past the end: an empty page"
    );
    emulated.settings(json!({ "page_limit": 20 })).await;
    assert_eq!(page("?limit=1000").await.0.len(), 20, "a larger limit is lowered");
}

#[tokio::test]
async fn wrong_page_parameters_are_refused() {
    let emulated = Emulated::fresh().await;
    for query in ["start=-1", "start=x", "limit=0", "limit=-5", "limit=ten", "order=UP"] {
        problem(&emulated.get(&format!("{BATCHES}?{query}")).await, 400);
    }
    assert_eq!(
        emulated
            .get(&format!("{BATCHES}?order=desc&limit=1&start=0"))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_filter_that_no_page_names_is_ignored() {
    let emulated = Emulated::fresh().await;
    create(&emulated, &with("tags", json!(["a"]))).await;
    create(&emulated, &with("tags", json!(["b"]))).await;
    for query in ["tags=a", "tag=a", "reference=x", "status=203"] {
        let list = emulated.get(&format!("{BATCHES}?{query}")).await.json();
        assert_eq!(list.as_array().unwrap().len(), 2, "{query}");
    }
}

#[tokio::test]
async fn placeholders_are_replaced_for_each_recipient() {
    let emulated = Emulated::fresh().await;
    let call = json!({
        "sender": "iP1", "body": "Hello, {sign}; {Sign} {none}{code}",
        "recipients": { "456189040623": { "sign": "sent by Bob", "code": " 7" }, "175368927054": {}, "default": { "sign": " sent by iP.1" } },
    });
    let batch = create(&emulated, &call).await;
    assert_eq!((&batch["templated"], &batch["body"]), (&json!(true), &call["body"]));
    let mut bodies: Vec<String> = emulated
        .messages()
        .await
        .iter()
        .map(|sent| format!("{}: {}", sent["recipient"], sent["body"]))
        .collect();
    bodies.sort();
    assert_eq!(
        bodies,
        [
            "\"175368927054\": \"Hello,  sent by iP.1; {Sign} {none}\"",
            "\"456189040623\": \"Hello, sent by Bob; {Sign} {none} 7\"",
        ]
    );
}

#[tokio::test]
async fn a_plain_array_leaves_braces_as_they_are() {
    let emulated = Emulated::fresh().await;
    create(
        &emulated,
        &json!({ "sender": "iP1", "body": "Hi {name}", "recipients": ["46701234567"] }),
    )
    .await;
    assert_eq!(emulated.messages().await[0]["body"], "Hi {name}");
}

#[tokio::test]
async fn messages_are_listed_with_the_latest_status_and_alone_with_all() {
    let emulated = Emulated::fresh().await;
    let mut call = with(
        "recipients",
        json!({ "46701234567": { "name": "earl" }, "46701234568": { "name": "’" } }),
    );
    call["body"] = json!("Hi my name is {name}");
    call["reference"] = json!("r");
    let batch = create(&emulated, &call).await;
    emulated.clock("2026-11-24T09:00:01Z").await;
    let list = emulated.get(&format!("{}/messages", path(&batch))).await;
    assert!(list.header("link").is_some());
    let list = list.json();
    let message = &list[0];
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert_eq!(
        message["statuses"],
        json!([{ "created": "2026-11-24T09:00:00Z", "code": 201, "duration": 1 }])
    );
    let shown: Vec<&Value> = [
        "recipient",
        "body",
        "datacoding",
        "segments",
        "price",
        "currency",
        "batchId",
        "sender",
        "direction",
        "reference",
    ]
    .iter()
    .map(|field| &message[*field])
    .collect();
    let expected = json!([
        "46701234567",
        "Hi my name is earl",
        "GSM",
        1,
        0.349,
        "SEK",
        batch["id"],
        "iP1",
        "MT",
        "r"
    ]);
    assert_eq!(json!(shown), expected);
    assert_eq!(
        list[1]["datacoding"], "UCS",
        "each message needs the smallest set that holds it"
    );
    let single = emulated
        .get(&format!(
            "{}/messages/{}",
            path(&batch),
            message["id"].as_str().unwrap()
        ))
        .await
        .json();
    let codes: Vec<_> = single["statuses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|status| status["code"].as_u64().unwrap())
        .collect();
    assert_eq!(codes, [101, 110, 111, 201], "full history");
    assert_eq!(single["modified"], "2026-11-24T09:00:00Z");
    let page = emulated
        .get(&format!("{}/messages?start=1&limit=1", path(&batch)))
        .await
        .json();
    assert_eq!(page.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn any_success_status_can_be_chosen() {
    let emulated = Emulated::fresh().await;
    for status in [200, 201, 202] {
        emulated.settings(json!({ "create_status": status })).await;
        let reply = emulated.post(BATCHES, &order()).await;
        assert_eq!(reply.status, status);
        assert!(reply.json()["id"].is_string());
    }
}

#[tokio::test]
async fn senders_are_registered_and_read() {
    let emulated = Emulated::fresh().await;
    problem(&emulated.get("/v2/me/senders").await, 403);
    emulated.settings(json!({ "senders": ["Zeta", "acme"] })).await;
    let names = async || {
        let list = emulated.get("/v2/me/senders").await.json();
        list.as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["sender"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names().await,
        ["acme", "iP1", "iP1sms", "Zeta"],
        "alphabetically, with the two that every account has"
    );
    let put = emulated.call("PUT", "/v2/me/senders/TestNOS", None).await;
    assert_eq!(put.json()["sender"], "TestNOS");
    assert!(put.json()["created"].as_str().unwrap().starts_with("2026-11-23T08:00"));
    assert_eq!(emulated.get("/v2/me/senders/TestNOS").await.json(), put.json());
    assert_eq!(
        emulated.delete("/v2/me/senders/TestNOS").await.json(),
        put.json(),
        "the same document as when registering"
    );
    problem(&emulated.get("/v2/me/senders/TestNOS").await, 404);
    emulated.settings(json!({ "unregistered_sender": "reject_call" })).await;
    let refused = emulated.post(BATCHES, &with("sender", json!("ACME"))).await;
    problem(&refused, 400);
    assert!(
        refused.json()["errors"]["sender"][0].is_string(),
        "`ACME` is not `acme`"
    );
    create(&emulated, &with("sender", json!("acme"))).await;
}

#[tokio::test]
async fn the_blacklist_is_kept_by_number() {
    let emulated = Emulated::fresh().await;
    let put = emulated.call("PUT", "/v2/blacklist/46703541190", None).await.json();
    assert_eq!(put["msisdn"], "46703541190");
    let created = put["created"].as_str().unwrap();
    assert!(
        created.starts_with("2026-11-23T08:00") && created.len() == 23,
        "no zone, as on the page: {created}"
    );
    emulated
        .post("/v2/blacklist", &json!({ "msisdn": "46703541191" }))
        .await;
    problem(&emulated.post("/v2/blacklist", &json!({ "msisdn": "+46" })).await, 400);
    assert_eq!(emulated.get("/v2/blacklist").await.json().as_array().unwrap().len(), 2);
    assert_eq!(emulated.get("/v2/blacklist/46703541190").await.json(), put);
    assert_eq!(emulated.delete("/v2/blacklist/46703541190").await.json(), put);
    problem(&emulated.get("/v2/blacklist/46703541190").await, 404);
    problem(&emulated.delete("/v2/blacklist/46703541190").await, 404);
}

#[tokio::test]
async fn the_account_shows_its_balance_under_capital_names() {
    let emulated = Emulated::fresh().await;
    emulated
        .settings(json!({ "balance": "1.5", "currency": "EUR", "price_per_segment": "1.0" }))
        .await;
    let account = async || emulated.get("/api/me/account").await.json();
    let before = account().await;
    for field in ["Key", "Parent", "Type", "Balance", "Currency", "ID", "Name"] {
        assert!(before.get(field).is_some(), "{field}");
    }
    assert_eq!((&before["Balance"], &before["Currency"]), (&json!(1.5), &json!("EUR")));
    create(&emulated, &with("recipients", json!(["46701234567", "46701234568"]))).await;
    assert_eq!(
        account().await["Balance"],
        json!(1.5),
        "a planned batch is not charged yet"
    );
    emulated.clock("2026-11-24T10:00:00Z").await;
    assert_eq!(account().await["Balance"], json!(-0.5), "and it may turn negative");
}
