//! A YAML file as written: nodes with their places.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::wording::clip;
use crate::model::{Place, Text};

/// A file as written.
pub(super) struct Tree {
    pub file: PathBuf,
    pub(super) nodes: Vec<Node>,
}

/// Index of a node in its tree; the root is 0.
pub(super) type NodeId = usize;

pub(super) struct Node {
    pub(super) parent: Option<NodeId>,
    pub(super) label: Label,
    pub(super) span: SourceSpan,
    pub kind: NodeKind,
}

pub(super) enum Label {
    Root,
    Key(String, SourceSpan),
    Item(usize),
}

pub(super) enum NodeKind {
    Scalar(Scalar),
    List(Vec<NodeId>),
    /// In order of writing.
    Map(Vec<NodeId>),
    /// Its fault is already reported.
    Faulty,
}

pub(super) struct Scalar {
    pub text: String,
    /// Unquoted: may mean a number, a truth value or nothing.
    pub plain: bool,
    /// A comment follows on its line: it may have been meant as text.
    pub before_comment: bool,
    /// The place of the first character, and how far a block scalar's lines are indented.
    pub(super) first: SourceSpan,
    pub(super) indent: usize,
}

/// Line and column from 1, length in characters.
#[derive(Clone, Copy, Default)]
pub(super) struct SourceSpan {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) length: usize,
}

impl Tree {
    pub(super) fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id)
    }

    /// `delivery.windows[0].opens`; long names are clipped.
    pub(super) fn path(&self, id: NodeId) -> String {
        let mut labels = Vec::new();
        let mut at = self.node(id);
        while let Some(node) = at {
            labels.push(&node.label);
            at = node.parent.and_then(|parent| self.node(parent));
        }
        let mut path = String::new();
        for label in labels.into_iter().rev() {
            match label {
                Label::Root => {}
                Label::Key(key, _) if path.is_empty() => path.push_str(&clip(key)),
                Label::Key(key, _) => {
                    path.push('.');
                    path.push_str(&clip(key));
                }
                Label::Item(n) => {
                    let _ = write!(path, "[{n}]");
                }
            }
        }
        path
    }

    /// The key of a node.
    pub(super) fn key(&self, id: NodeId) -> Option<&str> {
        match &self.node(id)?.label {
            Label::Key(key, _) => Some(key),
            Label::Root | Label::Item(_) => None,
        }
    }

    /// Where a fault of the value is shown: the scalar itself, or the key of a list or mapping.
    pub(super) fn place(&self, id: NodeId) -> Place {
        let Some(node) = self.node(id) else {
            return Place::file(&self.file);
        };
        match (&node.kind, &node.label) {
            (NodeKind::Scalar(scalar), _) if !scalar.text.is_empty() => self.at(scalar.first),
            (_, Label::Key(_, span)) => self.at(*span),
            (NodeKind::List(_) | NodeKind::Map(_), Label::Item(_)) => self.at(SourceSpan { length: 1, ..node.span }),
            (NodeKind::Scalar(_) | NodeKind::Faulty, Label::Item(_)) => self.at(node.span),
            (_, Label::Root) => Place::file(&self.file),
        }
    }

    /// Where a fault of the key is shown.
    pub(super) fn key_place(&self, id: NodeId) -> Place {
        match self.node(id).map(|node| &node.label) {
            Some(Label::Key(_, span)) => self.at(*span),
            Some(Label::Root | Label::Item(_)) | None => self.place(id),
        }
    }

    /// A scalar with the place of its first character.
    pub(super) fn text(&self, id: NodeId) -> Text {
        match self.node(id).map(|node| &node.kind) {
            Some(NodeKind::Scalar(scalar)) => Text {
                text: scalar.text.replace("\r\n", "\n").replace('\r', "\n"),
                place: self.at(scalar.first),
                indent: scalar.indent,
                pieces: Vec::new(),
            },
            Some(NodeKind::List(_) | NodeKind::Map(_) | NodeKind::Faulty) | None => Text::default(),
        }
    }

    pub(super) fn at(&self, span: SourceSpan) -> Place {
        Place {
            file: self.file.clone(),
            line: span.line,
            column: span.column,
            length: span.length,
        }
    }
}
