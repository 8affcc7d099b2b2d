//! Zones by number prefix: libphonenumber's public mapping as a tree of digits. Mobile numbers carry the zone of their
//! issue, not of their bearer, and some countries' mobiles (Australia's, for one) are all given one city's zone.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::model::Msisdn;

static SOURCE: &str = include_str!("prefix_zones.txt");

static TREE: LazyLock<PrefixTree> = LazyLock::new(PrefixTree::read);

#[derive(Default)]
struct PrefixNode {
    next: [u16; 10],
    set: Option<u16>,
}

/// Node 0 is the root; a `next` of 0 leads nowhere.
struct PrefixTree {
    nodes: Vec<PrefixNode>,
    sets: Vec<Vec<&'static str>>,
}

/// Which set of zones the longest known prefix has.
pub(super) fn set_of(number: Msisdn) -> Option<u16> {
    let mut best = None;
    let mut node = TREE.nodes.first()?;
    let mut power = 10_u64.checked_pow(number.as_u64().ilog10())?;
    while power > 0 {
        let digit = usize::try_from(number.as_u64() / power % 10).ok()?;
        match node.next.get(digit).copied().unwrap_or(0) {
            0 => break,
            at => node = TREE.nodes.get(usize::from(at))?,
        }
        best = node.set.or(best);
        power /= 10;
    }
    best
}

/// The zones of a set.
pub(super) fn names_of_set(set: usize) -> Vec<&'static str> {
    TREE.sets.get(set).cloned().unwrap_or_default()
}

impl PrefixTree {
    fn read() -> Self {
        let mut tree = Self {
            nodes: vec![PrefixNode::default()],
            sets: Vec::new(),
        };
        let mut edges: HashMap<(u16, usize), u16> = HashMap::new();
        for (names, prefixes) in SOURCE.lines().filter_map(|line| line.split_once('\t')) {
            let Ok(set) = u16::try_from(tree.sets.len()) else { break };
            tree.sets.push(names.split(' ').collect());
            for prefix in prefixes.split(' ') {
                let mut at = 0_u16;
                for digit in prefix.bytes().map(|byte| usize::from(byte.wrapping_sub(b'0'))) {
                    at = *edges.entry((at, digit)).or_insert_with(|| tree.grow(at, digit));
                }
                if let Some(node) = tree.nodes.get_mut(usize::from(at)) {
                    node.set = Some(set);
                }
            }
        }
        tree
    }

    fn grow(&mut self, from: u16, digit: usize) -> u16 {
        let at = u16::try_from(self.nodes.len()).unwrap_or(0);
        self.nodes.push(PrefixNode::default());
        if let Some(next) = self
            .nodes
            .get_mut(usize::from(from))
            .and_then(|n| n.next.get_mut(digit))
        {
            *next = at;
        }
        at
    }
}
