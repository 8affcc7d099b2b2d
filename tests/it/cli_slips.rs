//! Every slip of a first day: the message names the file, what was meant, whom it concerns, and the next right step.

use crate::cli_world::{AT, Project, Ran};

const PROJECT: &str = "shop/campanile.yaml";
const CAMPAIGN: &str = "shop/campaigns/welcome.yaml";
const LIST: &str = "shop/recipients/customers.csv";

/// A fresh project of `init`, changed by somebody.
fn after(slip: impl FnOnce(&Project)) -> Ran {
    let project = Project::empty();
    project.run("init shop --namespace shop").exits(0);
    slip(&project);
    Ran::of(project.command(AT, "-C shop plan").output().unwrap())
}

#[track_caller]
fn edited(file: &str, from: &str, to: &str, expected: &[&str]) {
    let mut ran = after(|project| project.edit(file, from, to)).exits(65);
    assert_eq!(ran.out, "");
    for text in expected {
        ran = ran.says(text);
    }
}

#[test]
fn a_row_that_where_fails_on_stops_preview_as_it_stops_a_plan() {
    let project = Project::empty();
    project.run("init shop").exits(0);
    project.edit("shop/campaigns/welcome.yaml", "consent == 'yes'", "points | int > 10");
    project.write(
        "shop/recipients/customers.csv",
        "msisdn,first_name,tier,consent,points\n+46701740605,Ann,gold,yes,\n+46701740606,Bob,gold,yes,9\n\
         +46701740607,Cid,gold,yes,100\n+46701740608,Dan,gold,yes,1 000\n+46701740609,Eva,gold,yes,\n",
    );
    for command in ["-C shop plan", "-C shop preview welcome", "-C shop validate"] {
        let ran = Ran::of(project.command(AT, command).output().unwrap()).exits(65);
        assert!(!ran.out.contains("Ann"), "{command}: {}", ran.out);
        let told = format!("{}{}", ran.out, ran.err);
        for text in [
            "`where` cannot be computed: `points` is empty, in 2 rows of `recipients/customers.csv` (lines 2, 6)",
            "`points != '' and ...`",
            "`points` has `0 000`",
            "points | replace(from=' ', to='') | int",
        ] {
            assert!(told.contains(text), "{command}: {text}: {told}");
        }
        assert!(!told.contains("1 000"), "{command}: {told}");
    }
}

#[test]
fn what_where_compares_with_is_shown_beside_what_occurs() {
    let told = after(|project| {
        project.edit(CAMPAIGN, "consent == 'yes'", "consent == 'ja'");
    })
    .exits(65);
    told.says("`consent` has");
}

#[test]
fn mistyped_names_are_recognized() {
    edited(
        CAMPAIGN,
        "{{ first_name }}",
        "{{ frist_name }}",
        &[
            "campaigns/welcome.yaml:6:9",
            "did you mean `first_name`?",
            "the 4 rows of `recipients/customers.csv`",
        ],
    );
    edited(CAMPAIGN, "consent ==", "consnt ==", &["did you mean `consent`?"]);
    edited(CAMPAIGN, "if tier", "if teir", &["did you mean `tier`?"]);
    edited(CAMPAIGN, "recipients:", "recipents:", &["did you mean `recipients`?"]);
    edited(
        CAMPAIGN,
        "sender:",
        "provider: sanbox\nsender:",
        &["did you mean `sandbox`?"],
    );
    edited(
        CAMPAIGN,
        "customers.csv",
        "custmers.csv",
        &["did you mean `customers.csv`?"],
    );
    edited(
        PROJECT,
        "suppressions/stop.csv",
        "suppressions/stopp.csv",
        &["campanile.yaml:24:16", "did you mean `stop.csv`?"],
    );
    edited(
        CAMPAIGN,
        "    where:",
        "    encoding: windows-1525\n    where:",
        &["welcome.yaml:8:", "`windows-1525` is not an encoding"],
    );
    edited(
        PROJECT,
        "Europe/Stockholm",
        "Europe/Stokholm",
        &["campanile.yaml:5:11", "did you mean `Europe/Stockholm`?", "1 error"],
    );
}

#[test]
fn wrong_values_are_told_with_a_right_one() {
    edited(
        CAMPAIGN,
        "sender: ACME",
        "sender: ACME Shop",
        &["did you mean `ACMEShop`?"],
    );
    edited(
        CAMPAIGN,
        " Stop: acme.example/no.",
        "",
        &["3 texts have no way to opt out", "STOP: reply STOP"],
    );
    // A text of a source's own is where it is told.
    edited(
        CAMPAIGN,
        "    where:",
        "    body: \"VIP text\"\n    where:",
        &["3 texts have no way to opt out", "body: \"VIP text\"", "^^^^^^^^"],
    );
    edited(CAMPAIGN, ", closes: 2030-01-09T18:00", "", &["`closes` is missing"]);
    edited(CAMPAIGN, "T18:00", "T08:00", &["closes on the next date"]);
    edited(CAMPAIGN, "== 'yes'", "== 'YES'", &["of 4 rows", "upper and lower case"]);
    edited(CAMPAIGN, "../recipients/customers.csv", "/etc/hosts", &["allow_paths"]);
    edited(
        CAMPAIGN,
        "{{ first_name }}",
        "{{ first_name }",
        &["welcome.yaml:6:", "`{{ name }}`"],
    );
    edited(CAMPAIGN, "  - csv", "\t- csv", &["indent with spaces"]);
    edited(CAMPAIGN, "body: |\n  Hi", "body: Now: hi", &["is written in quotes"]);
    edited(
        PROJECT,
        "    kind: sandbox",
        "    kind: ip1\n    token_env: NOBODY_SET_THIS",
        &[
            "`NOBODY_SET_THIS` is not set",
            "--> campanile.yaml:12:16",
            "--sandbox",
            "--offline",
        ],
    );
    edited(
        PROJECT,
        "per_segment: \"0.349\"",
        "per_segment: 0,349",
        &["`per_segment: \"0.349\"`", "a comma begins the next entry"],
    );
    edited(PROJECT, "\"0.349\"", "\"0,349\"", &["did you mean `0.349`?"]);
    edited(PROJECT, "namespace: shop", "namespace: Shop", &["did you mean `shop`?"]);
    edited(PROJECT, "namespace: shop", "", &["`namespace: acme`"]);
    edited(
        PROJECT,
        "timezone:",
        "horizon: 2 weeks\ntimezone:",
        &["did you mean `14d`?"],
    );
    edited(PROJECT, "[\"5000 SEK\"]", "5000 SEK", &["`[\"5000 SEK\"]`"]);
    edited(CAMPAIGN, "== 'yes'", "= 'yes'", &["to compare, write `==`"]);
    edited(CAMPAIGN, "T18:00", "T18.00", &["did you mean `2030-01-09T18:00`?"]);
    edited(CAMPAIGN, "T18:00", "T24:00", &["midnight is `00:00` of the next date"]);
    edited(
        CAMPAIGN,
        "sender:",
        "reference: Black_Friday\nsender:",
        &["did you mean `black-friday`?"],
    );
}

#[test]
fn yaml_that_means_something_else_is_told_with_what_was_meant() {
    for (from, to, expected) in [
        ("body: |\n  Hi {{", "body: {{", "begins with `{` is written in quotes"),
        ("body: |\n  Hi", "body: \"Hi", "the quote that opens here is not closed"),
        (
            "sender: ACME",
            "sender: @acme",
            "begins with this character is written in quotes",
        ),
        ("sender: ACME", "sender:ACME", "a colon is followed by a space"),
        ("    where:", "      where:", "set in further than the one above"),
        (
            "delivery:\n  windows:",
            "delivery:\n  cron: * 10 * * 1\n  windows:",
            "begins with `*` or `&`",
        ),
        ("  windows:\n    - {", "  windows:\n - {", "begins in another column"),
        ("  - csv:", "    csv:", "each item of a list begins with `- `"),
        ("[marketing, welcome]", "marketing", "`[marketing]`"),
    ] {
        edited(CAMPAIGN, from, to, &["campaigns/welcome.yaml:", expected]);
    }
}

#[test]
fn a_command_line_that_is_nearly_right_is_told_the_right_one() {
    let project = Project::on_sandbox();
    project.run("plan hello").exits(64).says("`--campaign hello`");
    project.run("emulate --listen 8080").exits(64).says("`127.0.0.1:8080`");
    let other = project.run("validate hello").exits(64);
    assert!(!other.err.contains("--campaign"), "{}", other.err);
}

#[test]
fn a_text_that_yaml_cuts_at_a_hash_is_told() {
    let cut = "body: Hi, reply STOP #deal\nsender:";
    let ran = after(|project| {
        let text = project.read(CAMPAIGN);
        let (head, rest) = text.split_once("body: |\n").unwrap();
        let (_, tail) = rest.split_once('\n').unwrap();
        project.write(CAMPAIGN, format!("{head}{tail}").replace("sender:", cut));
    });
    ran.exits(0).says("ends before ` #`").says("campaigns/welcome.yaml:4:7");
    // A remark behind a quoted text, or behind anything else, is nothing to tell.
    let ran = after(|project| project.edit(CAMPAIGN, "sender: ACME", "sender: ACME # ours")).exits(0);
    assert!(!ran.err.contains("comment"), "{}", ran.err);
}

#[test]
fn an_override_that_names_nothing_or_has_ended_is_told() {
    let project = Project::on_sandbox();
    project
        .run("plan --allow cost=helo")
        .exits(0)
        .says("lifts nothing")
        .says("did you mean `hello`?");
    project.edit(
        "campaigns/hello.yaml",
        "sender:",
        "allow: [{ rule: too-late, until: 2029-01-01, reason: typo }]\nsender:",
    );
    project
        .run("plan")
        .exits(0)
        .says("`allow: too-late` ended with 2029-01-01")
        .says("campaigns/hello.yaml:1");
    project.edit(
        "campanile.yaml",
        "providers:",
        "guards: { max_cost: { run: [\"5 EUR\"] } }\nproviders:",
    );
    project
        .run("plan")
        .exits(3)
        .says("`guards.max_cost.run` has no limit in");
}

#[test]
fn lists_from_spreadsheets_are_read_or_told_how_to_be_saved() {
    let saved = |bytes: &'static [u8]| after(move |project| project.write(LIST, bytes));
    saved("\u{feff}msisdn;first_name;tier;consent\r\n46701740605;Björn;gold;yes\r\n".as_bytes())
        .exits(0)
        .says("1 person");
    saved(b"msisdn;first_name;tier;consent\r\n46701740605;Bj\xf6rn;gold;yes\r\n")
        .exits(65)
        .says("customers.csv:2")
        .says("encoding: windows-1252");
    saved(b"kontakt,first_name,tier,consent\n46701740605,Bo,gold,yes\n")
        .exits(65)
        .says("`kontakt`")
        .says("number: NAME");
    saved(b"msisdn,first_name,tier,consent\n4.67017E+10,Bo,gold,yes\n")
        .exits(65)
        .says("customers.csv:2")
        .says("formatted as text");
    saved(b"msisdn,first_name,tier,consent\n46701740605,Bo\n")
        .exits(65)
        .says("2 cells, the header 4");
    saved(b"").exits(65).says("header row");
    let mut many = "msisdn,first_name,tier,consent\n".to_owned();
    for index in 0..3000 {
        many.push_str(&format!("4670x{index},Bo,gold,yes\n"));
    }
    let ran = after(|project| project.write(LIST, many))
        .exits(65)
        .says("more rows after line");
    let first = ran.err.find("customers.csv:2\n").expect("the first row is told");
    let rest = ran.err.find("more rows after line").expect("so are the others");
    assert!(first < rest, "the rows come before what is said of the others");
    assert!(ran.err.lines().count() < 100, "a few rows stand for all");
    assert!(!ran.err.contains("4670x"), "no cell is shown");
}

#[test]
fn a_date_in_the_past_sends_nothing_and_says_what_to_move() {
    let ran = after(|project| project.edit(CAMPAIGN, "2030-01-09", "2029-01-09")).exits(0);
    assert!(ran.out.contains("window passed"), "{}", ran.out);
    let words: Vec<&str> = ran.out.split_whitespace().collect();
    let words = words.join(" ");
    assert!(
        words.contains("move `delivery` in `campaigns/welcome.yaml` ahead"),
        "{}",
        ran.out
    );
}

#[test]
fn a_missing_suppression_list_stops_everything_and_is_found_in_its_file() {
    after(|project| project.remove("shop/suppressions/stop.csv"))
        .exits(65)
        .says("suppressions/stop.csv")
        .says("campanile.yaml");
    after(|project| project.write("shop/suppressions/stop.csv", "msisdn\nhello\n"))
        .exits(65)
        .says("suppressions/stop.csv:2");
}

#[test]
fn a_forgotten_consent_filter_is_noted() {
    let forgotten = |project: &Project| project.edit(CAMPAIGN, "    where: \"consent == 'yes'\"\n", "");
    after(forgotten)
        .exits(0)
        .says("nothing asks for `consent`")
        .says("where: \"consent == 'yes'\"");
    let service = after(|project| {
        forgotten(project);
        project.edit(CAMPAIGN, "sender:", "category: service\nsender:");
    });
    assert!(!service.exits(0).err.contains("consent"));
}

#[test]
fn a_campaign_that_is_not_read_for_its_name_is_noted() {
    after(|project| {
        project.write("shop/campaigns/welcome.yaml.txt", project.read(CAMPAIGN));
        project.remove(CAMPAIGN);
    })
    .exits(0)
    .says("there are no campaigns in `campaigns`")
    .says("`campaigns/welcome.yaml.txt` is not read");
}

#[test]
fn a_tab_is_shown_where_it_stands() {
    edited(
        CAMPAIGN,
        "    where:",
        "\twhere:",
        &["campaigns/welcome.yaml:9:1", "YAML takes no tabs"],
    );
}
