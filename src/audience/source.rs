//! Bytes of a list: a file, a copy, memory.
//!
//! In: something that can be read at any offset, twice: a file, a spool of standard input, memory. Out: UTF-8 bytes of
//! a size that stays what it was, or an error. Never: a guess at an encoding, or part of a file taken for the whole.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use encoding_rs::{DecoderResult, Encoding, UTF_8};

use super::diagnostics::{CHANGED, ENCODING, NO_LIST, UNREADABLE};
use super::kinds::{FileKind, other_than_a_list};
use crate::campaign::clip;
use crate::model::{Code, Diagnostic, Place};

/// Something that can be read at any offset, from several threads at once.
pub trait ReadAt: Send + Sync {
    /// Bytes it has now.
    fn size(&self) -> u64;
    /// Reads at `offset` into `buffer`; how many bytes were read, 0 only at the end.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
    /// Whether it is still what it was when it was opened, as far as that is visible.
    fn is_unchanged(&self) -> bool {
        true
    }
    /// What a line is called where it came from, with the cell of a column (from 0); `None`: it is a line there too.
    fn row_name(&self, _line: u64, _column: Option<usize>) -> Option<String> {
        None
    }
    /// Which row a line is where it came from; `None`: it is a line there too.
    fn row_number(&self, _line: u64) -> Option<u64> {
        None
    }
}

impl ReadAt for Vec<u8> {
    fn size(&self) -> u64 {
        u64::try_from(self.len()).unwrap_or(u64::MAX)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset)
            .ok()
            .and_then(|offset| self.get(offset..))
            .unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        Ok(count)
    }
}

/// A list, before anything is known about it.
#[derive(Clone)]
pub struct Input {
    /// For messages: relative to the project root; `-` is standard input.
    pub file: PathBuf,
    /// What it holds, decompressed.
    pub bytes: Arc<dyn ReadAt>,
}

/// Text in UTF-8 (as far as looked at), of a size that must not change.
#[derive(Clone)]
pub(super) struct Bytes {
    pub(super) file: PathBuf,
    held: Arc<dyn ReadAt>,
    size: u64,
    /// Where the text begins: after a byte order mark.
    pub(super) start: u64,
}

/// The most UTF-8 that a file in another encoding may become: it is held in memory.
const MAX_TRANSCODED: usize = 512 << 20;
const CHUNK: usize = 256 << 10;
/// Bytes that show what kind of file it is.
const FIRST: u64 = 4 << 10;

/// The encoding of a name, for a file that names one.
pub(super) fn encoding_named(label: &str) -> Result<&'static Encoding, Diagnostic> {
    Encoding::for_label(label.as_bytes()).ok_or_else(|| {
        Diagnostic::error(&ENCODING, format!("`{}` is not an encoding", clip(label)))
            .hint("names of the WHATWG encoding standard: utf-8, utf-16le, windows-1252, iso-8859-15, ...")
    })
}

impl Bytes {
    /// Looks for a byte order mark and the declared encoding; what is not UTF-8 is turned into it.
    pub(super) fn open(input: Input, declared: Option<&'static Encoding>) -> Result<Self, Diagnostic> {
        let size = input.bytes.size();
        let mut bytes = Self {
            file: input.file,
            held: input.bytes,
            size,
            start: 0,
        };
        let mut head = vec![0; usize::try_from(size.min(FIRST)).unwrap_or(0)];
        bytes.read_exact_at(0, &mut head)?;
        if let Some(FileKind { name, hint }) = other_than_a_list(&head) {
            return Err(bytes.fault(&NO_LIST, format!("this is {name}, not CSV")).hint(hint));
        }
        let (encoding, mark) = match Encoding::for_bom(&head) {
            Some((encoding, length)) => (encoding, u64::try_from(length).unwrap_or(0)),
            None => (declared.unwrap_or(UTF_8), 0),
        };
        bytes.start = mark;
        if encoding == UTF_8 {
            Ok(bytes)
        } else {
            bytes.transcoded(encoding)
        }
    }

    fn transcoded(self, encoding: &'static Encoding) -> Result<Self, Diagnostic> {
        let mut decoder = encoding.new_decoder_without_bom_handling();
        let mut text = String::new();
        let mut chunk = vec![0; CHUNK];
        let mut offset = self.start;
        loop {
            let count = usize::try_from((self.size - offset).min(CHUNK as u64)).unwrap_or(0);
            let bytes = chunk.get_mut(..count).unwrap_or_default();
            self.read_exact_at(offset, bytes)?;
            offset += count as u64;
            let is_last = offset == self.size;
            text.reserve(
                decoder
                    .max_utf8_buffer_length_without_replacement(count)
                    .unwrap_or(count * 4),
            );
            let (result, _) = decoder.decode_to_string_without_replacement(bytes, &mut text, is_last);
            if result != DecoderResult::InputEmpty {
                let line = 1 + text.matches('\n').count();
                return Err(Diagnostic::error(
                    &ENCODING,
                    format!("not all of it is {}", encoding.name().to_lowercase()),
                )
                .at(Place::line(&self.file, line)));
            }
            if text.len() > MAX_TRANSCODED {
                return Err(self
                    .fault(
                        &ENCODING,
                        "too large to be read in another encoding than UTF-8".to_owned(),
                    )
                    .hint("convert it to UTF-8 first"));
            }
            if is_last {
                break;
            }
        }
        let size = text.len() as u64;
        Ok(Self {
            file: self.file,
            held: Arc::new(Transcoded {
                text: text.into_bytes(),
                original: self.held,
                original_size: self.size,
            }),
            size,
            start: 0,
        })
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Whether both were opened together.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.held, &other.held) && self.file == other.file && self.start == other.start
    }

    /// Fills the buffer, or says that the file was cut.
    pub(super) fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), Diagnostic> {
        let mut done = 0;
        while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match self.held.read_at(offset + done as u64, rest) {
                Ok(0) => return Err(self.changed()),
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.fault(&UNREADABLE, format!("cannot be read: {error}"))),
            }
        }
        Ok(())
    }

    /// What a line is called where it came from ([`ReadAt::row_name`]).
    pub(super) fn row_name(&self, line: u64, column: Option<usize>) -> Option<String> {
        self.held.row_name(line, column)
    }

    /// Which row a line is where it came from ([`ReadAt::row_number`]).
    pub(super) fn row_number(&self, line: u64) -> Option<u64> {
        self.held.row_number(line)
    }

    /// To be asked after the last read.
    pub(super) fn check_unchanged(&self) -> Result<(), Diagnostic> {
        if self.held.size() == self.size && self.held.is_unchanged() {
            Ok(())
        } else {
            Err(self.changed())
        }
    }

    pub(super) fn changed(&self) -> Diagnostic {
        self.fault(&CHANGED, "changed while it was read".to_owned())
            .hint("run again once the file is written")
    }

    pub(super) fn fault(&self, code: &Code, message: String) -> Diagnostic {
        Diagnostic::error(code, message).at(Place::file(&self.file))
    }
}

/// UTF-8 made of a file in another encoding; the file must not change either.
struct Transcoded {
    text: Vec<u8>,
    original: Arc<dyn ReadAt>,
    original_size: u64,
}

impl ReadAt for Transcoded {
    fn size(&self) -> u64 {
        self.text.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.text.read_at(offset, buffer)
    }

    fn row_name(&self, line: u64, column: Option<usize>) -> Option<String> {
        self.original.row_name(line, column)
    }

    fn row_number(&self, line: u64) -> Option<u64> {
        self.original.row_number(line)
    }

    fn is_unchanged(&self) -> bool {
        self.original.size() == self.original_size && self.original.is_unchanged()
    }
}
