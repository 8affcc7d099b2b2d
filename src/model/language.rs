//! Languages as BCP 47 tags them, as far as texts need it.

use std::fmt;

use super::InvalidName;

/// A language: `sv`, `pt-br`; in small letters, whatever was written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(String);

/// Tags for what is one language to a reader of a text: an older tag, or a kind of Norwegian.
const ALIKE: [(&str, &[&str]); 6] = [
    ("no", &["nb"]),
    ("nb", &["no"]),
    ("nn", &["no", "nb"]),
    ("iw", &["he"]),
    ("in", &["id"]),
    ("fil", &["tl"]),
];

impl Language {
    /// Two or three letters, then parts of 2 to 8 letters and digits: `sv`, `pt-BR`, `zh_Hant`.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let tag = text.trim().to_ascii_lowercase().replace('_', "-");
        let mut parts = tag.split('-');
        let is_letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase());
        let first = parts
            .next()
            .is_some_and(|part| (2..=3).contains(&part.len()) && is_letters(part));
        let is_part =
            |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if first && tag.len() <= 35 && parts.all(is_part) {
            return Ok(Self(tag));
        }
        let rule = match text {
            "false" => "a tool that reads YAML 1.1 has made `false` of `no`; write \"no\", with its quotes, or `nb`",
            _ => "a tag like `sv` or `pt-BR`",
        };
        Err(InvalidName {
            text: text.to_owned(),
            what: "language",
            rule: rule.to_owned(),
        })
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tag and its fallbacks, nearest first: `pt-br`, `pt`.
    pub fn chain(&self) -> Vec<Self> {
        let mut tag = self.0.as_str();
        let mut chain = vec![self.clone()];
        while let Some((shorter, _)) = tag.rsplit_once('-') {
            chain.push(Self(shorter.to_owned()));
            tag = shorter;
        }
        let alike = ALIKE.iter().find(|(known, _)| *known == tag);
        chain.extend(
            alike
                .into_iter()
                .flat_map(|(_, others)| others.iter().map(|other| Self((*other).to_owned()))),
        );
        chain
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_leads_to_what_stands_in_for_it() {
        let chain = |text: &str| {
            Language::parse(text)
                .unwrap()
                .chain()
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(chain("pt-BR"), ["pt-br", "pt"]);
        assert_eq!(chain(" zh_Hant_TW "), ["zh-hant-tw", "zh-hant", "zh"]);
        assert_eq!(chain("no-NO"), ["no-no", "no", "nb"]);
        for text in ["", "s", "Svenska", "sv-", "sv-a", "1v", "å"] {
            assert!(Language::parse(text).is_err(), "{text}");
        }
        assert!(Language::parse("false").unwrap_err().to_string().contains("`no`"));
    }
}
