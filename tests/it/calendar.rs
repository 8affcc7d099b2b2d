//! From what files want to the calendar: schedules resolved, counted, spelled, and read back.

use std::path::PathBuf;
use std::sync::Arc;

use campanile::campaign::{Category, DatacodingChoice};
use campanile::desired::{
    Buckets, Desired, DesiredCampaign, DesiredGroup, DesiredOccurrence, GroupContent, Presence, Settings, Totals,
};
use campanile::model::{
    Api, CampaignRef, Group, Instant, LocalTime, MessageType, Msisdn, OccurrenceKey, Part, ProviderName, Sender,
    Window, Windows, ZoneName,
};
use campanile::report::{
    CalendarFrame, CalendarView, SpelledWindow, calendar_occurrences, calendar_to_ics, calendar_to_json,
    calendar_to_text,
};
use campanile::schedule::{Cron, Zone};

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn stockholm() -> Zone {
    Zone::find(&ZoneName::parse("Europe/Stockholm").unwrap()).unwrap()
}

fn content(people: u64) -> Arc<GroupContent> {
    let totals = (0..people).map(|n| {
        let number = Msisdn::from_u64(46_701_000_000 + n).unwrap();
        let one = Totals {
            recipients: 1,
            segments: 2,
            ..Totals::default()
        };
        (Part::bucket(number), one)
    });
    Arc::new(GroupContent {
        buckets: Buckets::new(totals),
        ..GroupContent::default()
    })
}

fn campaign(name: &str, presence: Presence, occurrences: Vec<DesiredOccurrence>) -> DesiredCampaign {
    DesiredCampaign {
        reference: CampaignRef::parse(name).unwrap(),
        file: PathBuf::from(format!("campaigns/{name}.yaml")),
        presence,
        provider: ProviderName::parse("ip1").unwrap(),
        api: Api::Ip1,
        sandbox: false,
        category: Category::Marketing,
        rank: 0,
        pace: None,
        settings: Settings {
            sender: Sender::parse("ACME").unwrap(),
            message_type: MessageType::Sms,
            datacoding: DatacodingChoice::Auto,
            priority: 1,
            report_url: None,
            extra: String::new(),
            tags: Vec::new(),
        },
        max_recipients_per_batch: 1000,
        schedule: None,
        allow: Vec::new(),
        occurrences,
        templates: Vec::new(),
        timezone: "Europe/Stockholm".to_owned(),
        filtered: 0,
        suppressed: 0,
        duplicates: 0,
        invalid: campanile::model::InvalidRows::default(),
        emptied_by_suppression: false,
    }
}

/// Saturdays at 02:30, over the night on which Stockholm's clocks go forward.
fn weekly() -> Vec<DesiredOccurrence> {
    let (cron, zone) = (Cron::parse("30 2 * * SAT,SUN").unwrap(), stockholm());
    let (after, before) = (instant("2027-03-20T00:00:00Z"), instant("2027-04-01T00:00:00Z"));
    cron.occurrences(&zone, None, None, after, before)
        .map(|occurrence| {
            let closes = occurrence.opens + std::time::Duration::from_mins(15);
            DesiredOccurrence {
                key: OccurrenceKey::nominal(occurrence.nominal).unwrap(),
                nominal: Some(occurrence.nominal),
                groups: vec![DesiredGroup {
                    group: Group::Single,
                    windows: Windows::one(Window::new(occurrence.opens, closes).unwrap()),
                    opens_before_move: None,
                    content: content(3),
                }],
            }
        })
        .collect()
}

fn once(opens: &str, closes: &str) -> Vec<DesiredOccurrence> {
    vec![DesiredOccurrence {
        key: OccurrenceKey::revision(2).unwrap(),
        nominal: None,
        groups: vec![DesiredGroup {
            group: Group::Single,
            windows: Windows::one(Window::new(instant(opens), instant(closes)).unwrap()),
            opens_before_move: None,
            content: content(1200),
        }],
    }]
}

fn view() -> CalendarView {
    let zone = stockholm();
    let (from, until) = (instant("2027-03-21T12:00:00Z"), instant("2027-03-31T00:00:00Z"));
    let desired = Desired {
        campaigns: vec![
            campaign("weekly", Presence::Active, weekly()),
            campaign(
                "spring",
                Presence::Active,
                once("2027-03-26T08:00:00Z", "2027-03-26T19:00:00Z"),
            ),
            campaign(
                "gone",
                Presence::Tombstone,
                once("2027-03-27T08:00:00Z", "2027-03-27T19:00:00Z"),
            ),
            campaign(
                "over",
                Presence::Active,
                once("2027-03-20T08:00:00Z", "2027-03-20T19:00:00Z"),
            ),
        ],
        ..Desired::default()
    };
    let spell = |_: &CampaignRef, _: Group, window: Window| SpelledWindow {
        timezone: zone.name().to_owned(),
        local: zone.spell_window(window),
        date: zone.local(window.opens()).naive().date().to_string(),
        clock_changes: zone
            .changes_between(from, window.opens())
            .into_iter()
            .map(|change| zone.spell_change(change))
            .collect(),
    };
    let violations = |reference: &CampaignRef, key: OccurrenceKey| {
        let is_sunday = key.as_nominal() == LocalTime::parse("2027-03-28T02:30");
        let text = format!("{reference} at night");
        if is_sunday { vec![text] } else { Vec::new() }
    };
    let frame = CalendarFrame {
        from,
        until,
        spell: &spell,
        violations: &violations,
    };
    CalendarView::new(
        "acme",
        from.to_string(),
        until.to_string(),
        calendar_occurrences(&desired, &frame),
    )
}

#[test]
fn the_calendar_lists_what_is_coming_with_its_local_time_and_changes_of_the_clock() {
    let text = anstream::adapter::strip_str(&calendar_to_text(
        &view(),
        ("2027-03-21 13:00", "2027-03-31 02:00 Europe/Stockholm"),
    ))
    .to_string();
    insta::assert_snapshot!(text, @r"
    Calendar of `acme` from 2027-03-21 13:00 to 2027-03-31 02:00 Europe/Stockholm
    offline, from the files alone: what was stopped at a provider is listed too;
    `campanile status` shows what the providers hold

    March 2027
      Mon     Tue     Wed     Thu     Fri     Sat     Sun
        1       2       3       4       5       6       7
        8       9      10      11      12      13      14
       15      16      17      18      19      20      21
       22      23      24      25      26*     27*     28*
       29      30      31

    Fri 26 Mar 2027
      spring: 1,200 people, 0
        Fri 26 Mar 2027 09:00-20:00 Europe/Stockholm (+01:00, 08:00Z-19:00Z)

    Sat 27 Mar 2027
      weekly @ 2027-03-27T02:30: 3 people, 0
        Sat 27 Mar 2027 02:30-02:45 Europe/Stockholm (+01:00, 01:30Z-01:45Z)

    Sun 28 Mar 2027
      weekly @ 2027-03-28T02:30: 3 people, 0
        Sun 28 Mar 2027 03:00-03:15 Europe/Stockholm (+02:00, 01:00Z-01:15Z)
        note: clocks in Europe/Stockholm go forward from 02:00 to 03:00 on Sun 28 Mar 2027
        warning: weekly at night

    3 occurrences, 1,206 messages, 1 occurrence with warnings
    ");
}

#[test]
fn subscribers_get_one_event_for_each_window_in_utc() {
    let ics = calendar_to_ics(&view(), "campanile 0.1.0");
    let unfolded = icalendar::parser::unfold(&ics);
    let calendar = icalendar::parser::read_calendar(&unfolded).unwrap();
    let events: Vec<(String, String)> = calendar
        .components
        .iter()
        .map(|event| {
            let value = |name: &str| event.find_prop(name).map(|p| p.val.to_string()).unwrap_or_default();
            (value("UID"), value("DTSTART"))
        })
        .collect();
    let expected = [
        ("spring.r2.1@acme.campanile", "20270326T080000Z"),
        ("weekly.20270327T0230.1@acme.campanile", "20270327T013000Z"),
        ("weekly.20270328T0230.1@acme.campanile", "20270328T010000Z"),
    ];
    assert_eq!(events, expected.map(|(uid, start)| (uid.to_owned(), start.to_owned())));
}

#[test]
fn json_lists_the_same_occurrences() {
    let json: serde_json::Value = serde_json::from_str(&calendar_to_json(&view())).unwrap();
    let listed: Vec<(&str, Option<&str>, u64)> = json["occurrences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| {
            (
                o["campaign"].as_str().unwrap(),
                o["occurrence"].as_str(),
                o["recipients"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        listed,
        [
            ("spring", None, 1200),
            ("weekly", Some("2027-03-27T02:30"), 3),
            ("weekly", Some("2027-03-28T02:30"), 3)
        ]
    );
}
