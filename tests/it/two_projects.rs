//! Two projects that `init` made, on one account, with the same campaigns, people and texts.

use std::collections::BTreeMap;

use crate::cli_world::{Project, Ran};
use crate::stand_in::{Habits, StandIn};

const FOLDERS: [&str; 2] = ["shop-se", "shop-no"];

/// Both in one folder, at one account, and their namespaces.
fn two_projects(there: &StandIn) -> (Project, Vec<String>) {
    let home = Project::empty();
    let mut names = Vec::new();
    for folder in FOLDERS {
        home.run(&format!("init {folder}")).exits(0);
        let file = format!("{folder}/campanile.yaml");
        home.edit(&file, "default_provider: sandbox", "default_provider: ip1");
        let entry = format!(
            "  ip1: {{ kind: ip1, base_url: \"{}\", token_env: IP1_API_KEY, requests_per_second: 500, list_lag: 0s }}",
            there.url
        );
        home.edit(&file, "providers:\n", &format!("providers:\n{entry}\n"));
        home.edit(&file, "guards:", "guards: {}\nunused:");
        let text = home.read(&file);
        let (text, _) = text.split_once("unused:").unwrap();
        home.write(&file, text);
        let line = text.lines().find_map(|line| line.strip_prefix("namespace: ")).unwrap();
        names.push(line.split('#').next().unwrap().trim().to_owned());
    }
    assert_ne!(names[0], names[1]);
    (home, names)
}

/// What somebody does in one of them.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Apply,
    EditText,
    CutList,
    Rename,
    LoseJournal,
    Stop,
}

/// Does it; what the program came to, when it ran.
fn carry_out(home: &Project, folder: &str, deed: Deed, number: u64) -> Option<Ran> {
    let file = |name: &str| format!("{folder}/{name}");
    let campaign = ["welcome", "greeting"]
        .map(|name| file(&format!("campaigns/{name}.yaml")))
        .into_iter()
        .find(|path| home.path(path).exists())
        .unwrap();
    match deed {
        Deed::Apply => return Some(home.run(&format!("-C {folder} apply --yes"))),
        Deed::Stop => return Some(home.run(&format!("-C {folder} stop --all --yes"))),
        Deed::EditText => {
            home.edit(&campaign, "Hi ", &format!("Hi {number} "));
        }
        Deed::CutList => {
            let rows = home.read(&file("recipients/customers.csv"));
            let kept: Vec<&str> = rows.lines().take(rows.lines().count().max(4) - 1).collect();
            home.write(&file("recipients/customers.csv"), kept.join("\n") + "\n");
        }
        Deed::Rename => {
            let other = if campaign.contains("welcome") {
                "greeting"
            } else {
                "welcome"
            };
            let text = home.read(&campaign);
            home.remove(&campaign);
            home.write(&file(&format!("campaigns/{other}.yaml")), text);
        }
        Deed::LoseJournal if home.path(&file(".campanile/journal.jsonl")).exists() => {
            home.remove(&file(".campanile/journal.jsonl"));
        }
        Deed::LoseJournal => {}
    }
    None
}

/// Every batch whose reference begins so, and its state.
fn batches_of(there: &StandIn, namespace: &str) -> BTreeMap<String, String> {
    let all = there.all().into_iter();
    all.filter(|(_, reference, _)| reference.starts_with(&format!("{namespace}.")))
        .map(|(id, reference, status)| (id, format!("{reference} {status}")))
        .collect()
}

#[test]
fn two_fresh_projects_never_touch_each_others_batches_in_any_order() {
    use Deed::{Apply, CutList, EditText, LoseJournal, Rename, Stop};
    let deeds = [
        Apply,
        Apply,
        Apply,
        EditText,
        EditText,
        CutList,
        Rename,
        LoseJournal,
        Stop,
    ];
    let mut shared = 0;
    for seed in 1..=4_u64 {
        let there = StandIn::start(Habits::default());
        let (home, names) = two_projects(&there);
        let mut state = seed;
        let mut below = |most: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % most
        };
        let mut story = Vec::new();
        for number in 0..24 {
            let who = usize::try_from(below(2)).unwrap();
            let deed = deeds[usize::try_from(below(deeds.len() as u64)).unwrap()];
            story.push((FOLDERS[who], deed));
            let before = batches_of(&there, &names[1 - who]);
            let ran = carry_out(&home, FOLDERS[who], deed, number);
            let after = batches_of(&there, &names[1 - who]);
            assert_eq!(before, after, "seed {seed}: {story:?}\n{ran:?}");
        }
        let both = [0, 1].map(|who| batches_of(&there, &names[who]).len());
        assert_eq!(both.iter().sum::<usize>(), there.all().len(), "seed {seed}: {story:?}");
        shared += usize::from(both.iter().all(|count| *count > 0));
    }
    // One whose campaign is the other's letter by letter is held: it looks renamed.
    assert!(shared >= 2, "both have sent in two stories at least, not in {shared}");
}
