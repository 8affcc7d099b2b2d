//! The words of a list that is read in pages, the same for both adapters; when it is complete is each one's own matter.

/// Something with an id of its own.
pub trait Identified {
    /// What it is known by; `None` when the answer does not say.
    fn id(&self) -> Option<String>;
}

/// What to do after a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Ask for the next page.
    More,
    /// Everything has been read.
    Complete,
}

/// Why the list cannot be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// Items came, went or changed places while it was read, or its count says so: reading it again may help.
    Moved,
    /// It does not end.
    Endless,
    /// It has an item without an id, or no count where one is promised.
    Nameless,
}

/// Lists of numbers, for the tests of both adapters; 0 has no id.
#[cfg(test)]
impl Identified for u64 {
    fn id(&self) -> Option<String> {
        (*self != 0).then(|| self.to_string())
    }
}
