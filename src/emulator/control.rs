//! The emulator's own paths under `/_emulator/`: looking at what happened, moving the clock, ordering faults, and
//! playing the person at the provider's portal.
//!
//! | request | does |
//! |---|---|
//! | `GET log` | every request taken, newest last |
//! | `GET messages[?batch=&recipient=&provider=&start=&limit=]` | every message sent, in the order of sending |
//! | `GET callbacks` | every delivery report tried |
//! | `GET clock`, `POST clock {"now"}` | shows or sets the clock; what has come due happens before the answer |
//! | `GET faults`, `POST faults [..]` | shows or replaces the fault list; counting begins anew |
//! | `GET settings`, `POST settings {..}` | shows or changes settings, the others stay |
//! | `POST batches/{id}/cancel`, `POST batches/{id}/erase` | somebody cancels or deletes it in the portal |
//! | `POST answer {from, body}` | a person answers the newest text that they got; refused where the sender is no number |
//! | `POST ip1/incoming`, `ip1/blacklist` | a text from a handset; numbers blocked in the portal |
//! | `POST sinch/inbounds {plan, from, to, body, ..}` | a text from a handset |
//! | `POST reset` | all forgotten, clock and settings as at the start |

use serde_json::{Value, json};

use super::clock::{Clock, Instant};
use super::faults::{Faults, parse};
use super::settings::Settings;
use super::wire::{Answer, Request};
use super::world::World;

/// Answers a request to `/_emulator/..`.
pub(super) fn answer(world: &mut World, request: &Request) -> Answer {
    let segments = request.segments();
    let path: Vec<&str> = segments.iter().skip(1).map(String::as_str).collect();
    match (request.method.as_str(), path.as_slice()) {
        ("GET", ["log"]) => Answer::json(200, &world.log.to_json()),
        ("GET", ["messages"]) => messages(world, request),
        ("GET", ["callbacks"]) => Answer::json(200, &world.desk.callbacks.attempts()),
        ("GET", ["clock"]) => clock(world),
        ("POST", ["clock"]) => set_clock(world, request),
        ("GET", ["faults"]) => Answer::json(200, &world.faults.list()),
        ("POST", ["faults"]) => set_faults(world, request),
        ("GET", ["settings"]) => Answer::json(200, &world.desk.settings),
        ("POST", ["settings"]) => set_settings(world, request),
        ("POST", ["batches", id, "cancel"]) => {
            found(world.ip1.cancel_by_hand(id, &mut world.desk) || world.sinch.cancel_by_hand(id, &mut world.desk))
        }
        ("POST", ["batches", id, "erase"]) => {
            found(world.ip1.erase_by_hand(id, &mut world.desk) || world.sinch.erase_by_hand(id, &mut world.desk))
        }
        ("POST", ["answer"]) => answer_text(world, request),
        ("POST", ["ip1", rest @ ..]) => world.ip1.control(rest, request, &mut world.desk),
        ("POST", ["sinch", rest @ ..]) => world.sinch.control(rest, request, &mut world.desk),
        ("POST", ["reset"]) => {
            world.reset();
            Answer::json(200, &json!({}))
        }
        _ => Answer::json(404, &json!({ "error": "no such control" })),
    }
}

fn found(is_found: bool) -> Answer {
    if is_found {
        Answer::json(200, &json!({}))
    } else {
        Answer::json(404, &json!({ "error": "no such batch" }))
    }
}

fn refused(why: &str) -> Answer {
    Answer::json(400, &json!({ "error": why }))
}

fn messages(world: &World, request: &Request) -> Answer {
    let number = |name: &str| request.parameter(name).and_then(|text| text.parse::<usize>().ok());
    let wanted = |name: &str, value: &str| request.parameter(name).is_none_or(|asked| asked == value);
    let matching = world.desk.outbox.messages().iter().filter(|message| {
        wanted("batch", &message.origin.batch)
            && wanted("recipient", &message.recipient)
            && wanted("provider", message.origin.provider)
    });
    let page = matching
        .skip(number("start").unwrap_or(0))
        .take(number("limit").unwrap_or(usize::MAX));
    Answer::json(200, &page.collect::<Vec<_>>())
}

/// A handset shows one conversation a sender: the answer goes to the sender of the newest text, if that sender can be
/// answered.
fn answer_text(world: &mut World, request: &Request) -> Answer {
    let call = request.json().unwrap_or_default();
    let from = call.get("from").and_then(Value::as_str).unwrap_or_default();
    let sent = world.desk.outbox.messages().iter().rev();
    let Some(origin) = sent
        .filter(|message| &*message.recipient == from)
        .map(|message| std::sync::Arc::clone(&message.origin))
        .next()
    else {
        return Answer::json(404, &json!({ "error": "nothing was sent to this number" }));
    };
    if !origin.sender.bytes().all(|byte| byte.is_ascii_digit()) {
        return Answer::json(409, &json!({ "error": "a sender that is a name cannot be answered" }));
    }
    let body = call.get("body").cloned().unwrap_or_else(|| json!("STOP"));
    let text = match origin.provider {
        "ip1" => json!({ "sender": from, "recipient": origin.sender, "body": body }),
        _ => json!({ "plan": world.sinch.plan_with(&origin.batch), "from": from, "to": origin.sender, "body": body }),
    };
    let order = Request {
        body: text.to_string().into_bytes(),
        ..Request::default()
    };
    match origin.provider {
        "ip1" => world.ip1.control(&["incoming"], &order, &mut world.desk),
        _ => world.sinch.control(&["inbounds"], &order, &mut world.desk),
    }
}

fn clock(world: &World) -> Answer {
    Answer::json(200, &json!({ "now": world.clock.now() }))
}

fn set_clock(world: &mut World, request: &Request) -> Answer {
    let body = request.json().unwrap_or_default();
    match body.get("now") {
        Some(Value::String(text)) => match Instant::parse(text) {
            Some(now) => world.clock.set(now),
            None => return refused("`now` is not an ISO 8601 instant"),
        },
        Some(Value::Null) => world.clock = Clock::new(None),
        _ => return refused("the body must be `{\"now\": \"..\"}`; null means real time"),
    }
    world.advance();
    clock(world)
}

fn set_faults(world: &mut World, request: &Request) -> Answer {
    match parse(&String::from_utf8_lossy(&request.body)) {
        Ok(list) => {
            world.faults = Faults::new(list);
            Answer::json(200, &world.faults.list())
        }
        Err(why) => refused(&why.to_string()),
    }
}

fn set_settings(world: &mut World, request: &Request) -> Answer {
    let (Ok(Value::Object(changes)), Ok(Value::Object(mut all))) =
        (request.json(), serde_json::to_value(&world.desk.settings))
    else {
        return refused("the body must be an object of settings");
    };
    all.extend(changes);
    match serde_json::from_value::<Settings>(all.into()) {
        Ok(settings) if !(200..300).contains(&settings.create_status) => refused("`create_status` must be a success"),
        Ok(settings) => {
            world.desk.settings = settings;
            Answer::json(200, &world.desk.settings)
        }
        Err(error) => refused(&error.to_string()),
    }
}
