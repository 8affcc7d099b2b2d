//! Packed lists, unpacked as their own programs do it.
//!
//! In: bytes of a `.gz` or `.zst` file. Out: what was packed, all members of it one after the other, padding and skippable
//! frames passed over (RFC 1952, gzip(1); RFC 8878, 3.1); or an [`ArchiveFault`] in our own words. Never: half an archive
//! taken for the whole, or bytes whose checksum differs.

use std::fmt;
use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// Why an archive cannot be unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum ArchiveFault {
    #[error("it is no {0} file")]
    Other(ArchiveFormat),
    #[error("it ends too early")]
    Cut,
    #[error("it is damaged")]
    Damaged,
    #[error("something else follows the archive")]
    Trailing,
    #[error("its window is {} MiB, and at most {} MiB are kept: compress it again without `--long`", mebibytes(*requested), mebibytes(*most))]
    Window { requested: u64, most: u64 },
    #[error("it needs a dictionary, and none is read: compress it again without one")]
    Dictionary,
}

fn mebibytes(bytes: u64) -> u64 {
    bytes >> 20
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ArchiveFormat {
    Gzip,
    Zstandard,
}

impl fmt::Display for ArchiveFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gzip => "gzip",
            Self::Zstandard => "Zstandard",
        })
    }
}

impl From<ArchiveFault> for io::Error {
    fn from(fault: ArchiveFault) -> Self {
        Self::new(io::ErrorKind::InvalidData, fault)
    }
}

/// The fault that an error of these readers carries.
pub(super) fn archive_fault(error: &io::Error) -> Option<ArchiveFault> {
    error.get_ref()?.downcast_ref().copied()
}

/// Of a library's error: where the bytes have ended, they ended too early.
fn told(rest: &mut impl BufRead, fault: ArchiveFault) -> io::Error {
    match rest.fill_buf() {
        Ok([]) => ArchiveFault::Cut.into(),
        Ok(_) => fault.into(),
        Err(error) => error,
    }
}

/// Members one after the other, as `gzip` and `cat a.gz b.gz` write them; zeros after a member are padding.
pub(super) struct Gzip<R> {
    member: Option<GzDecoder<R>>,
    rest: Option<R>,
    is_first: bool,
}

impl<R: BufRead> Gzip<R> {
    pub(super) fn new(packed: R) -> Self {
        Self {
            member: None,
            rest: Some(packed),
            is_first: true,
        }
    }

    /// The next member; `None` at the end.
    fn enter(&mut self, mut rest: R) -> io::Result<Option<GzDecoder<R>>> {
        if !self.is_first {
            loop {
                let buffer = rest.fill_buf()?;
                let zeros = buffer.iter().take_while(|byte| **byte == 0).count();
                let is_end = zeros < buffer.len() || buffer.is_empty();
                rest.consume(zeros);
                if is_end {
                    break;
                }
            }
        }
        let fault = if self.is_first {
            ArchiveFault::Other(ArchiveFormat::Gzip)
        } else {
            ArchiveFault::Trailing
        };
        match rest.fill_buf()?.first() {
            None if self.is_first => Err(ArchiveFault::Cut.into()),
            None => Ok(None),
            Some(0x1f) => {
                self.is_first = false;
                Ok(Some(GzDecoder::new(rest)))
            }
            Some(_) => Err(fault.into()),
        }
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(member) = &mut self.member {
                let is_headless = member.header().is_none();
                match member.read(buffer) {
                    Ok(count) if count > 0 || buffer.is_empty() => return Ok(count),
                    Ok(_) => self.rest = self.member.take().map(GzDecoder::into_inner),
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(ArchiveFault::Cut.into()),
                    Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData) => {
                        let fault = if is_headless {
                            ArchiveFault::Other(ArchiveFormat::Gzip)
                        } else {
                            ArchiveFault::Damaged
                        };
                        return Err(told(member.get_mut(), fault));
                    }
                    Err(error) => return Err(error),
                }
            }
            let Some(rest) = self.rest.take() else {
                return Ok(0);
            };
            self.member = self.enter(rest)?;
        }
    }
}

/// Frames one after the other, as `zstd`, `pzstd` and `cat a.zst b.zst` write them; skippable ones hold no text.
pub(super) struct Zstandard<R> {
    packed: R,
    decoder: FrameDecoder,
    is_first: bool,
    is_inside: bool,
}

impl<R: BufRead> Zstandard<R> {
    pub(super) fn new(packed: R) -> Self {
        Self {
            packed,
            decoder: FrameDecoder::new(),
            is_first: true,
            is_inside: false,
        }
    }

    /// Begins the next frame that holds text; `false` at the end.
    fn enter(&mut self) -> io::Result<bool> {
        loop {
            if self.packed.fill_buf()?.is_empty() {
                return if self.is_first {
                    Err(ArchiveFault::Cut.into())
                } else {
                    Ok(false)
                };
            }
            match self.decoder.reset(&mut self.packed) {
                Ok(()) => {
                    (self.is_first, self.is_inside) = (false, true);
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    let length = u64::from(length);
                    if io::copy(&mut (&mut self.packed).take(length), &mut io::sink())? < length {
                        return Err(ArchiveFault::Cut.into());
                    }
                    self.is_first = false;
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::BadMagicNumber(_))) => {
                    let fault = if self.is_first {
                        ArchiveFault::Other(ArchiveFormat::Zstandard)
                    } else {
                        ArchiveFault::Trailing
                    };
                    return Err(fault.into());
                }
                Err(FrameDecoderError::WindowSizeTooBig { requested, max }) => {
                    return Err(ArchiveFault::Window { requested, most: max }.into());
                }
                Err(FrameDecoderError::DictNotProvided { .. }) => return Err(ArchiveFault::Dictionary.into()),
                Err(_) => return Err(told(&mut self.packed, ArchiveFault::Damaged)),
            }
        }
    }

    /// Ends a frame all of whose bytes have been read.
    fn leave(&mut self) -> io::Result<()> {
        self.is_inside = false;
        match self.decoder.get_checksum_from_data() {
            Some(sum) if self.decoder.get_calculated_checksum() != Some(sum) => Err(ArchiveFault::Damaged.into()),
            Some(_) | None => Ok(()),
        }
    }
}

impl<R: BufRead> Read for Zstandard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.is_inside && !self.enter()? {
                return Ok(0);
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                if self.decoder.decode_blocks(&mut self.packed, one).is_err() {
                    return Err(told(&mut self.packed, ArchiveFault::Damaged));
                }
            }
            match self.decoder.read(buffer)? {
                0 if self.decoder.is_finished() => self.leave()?,
                count => return Ok(count),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Write as _};

    use proptest::prelude::*;

    use super::*;

    const LIST: &[u8] = b"msisdn,name\n46701234567,Ann\n";

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    }

    fn zst(bytes: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
    }

    fn skippable(bytes: &[u8]) -> Vec<u8> {
        let length = u32::try_from(bytes.len()).unwrap();
        [&0x184d_2a53_u32.to_le_bytes(), &length.to_le_bytes(), bytes].concat()
    }

    fn all(mut reader: impl Read) -> Result<Vec<u8>, ArchiveFault> {
        let mut bytes = Vec::new();
        match reader.read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(archive_fault(&error).unwrap()),
        }
    }

    /// However few bytes come at a time.
    fn gunzipped(packed: &[u8]) -> Result<Vec<u8>, ArchiveFault> {
        let whole = all(Gzip::new(packed));
        assert_eq!(all(Gzip::new(BufReader::with_capacity(1, packed))), whole);
        whole
    }

    fn unzstd(packed: &[u8]) -> Result<Vec<u8>, ArchiveFault> {
        let whole = all(Zstandard::new(packed));
        assert_eq!(all(Zstandard::new(BufReader::with_capacity(1, packed))), whole);
        whole
    }

    #[test]
    fn gzip_files_are_read_with_all_their_members_and_padding() {
        let one = gz(LIST);
        for packed in [
            one.clone(),
            [&one[..], &[0; 512]].concat(),
            [gz(&LIST[..5]), gz(&LIST[5..])].concat(),
            [&gz(&LIST[..5])[..], &[0; 3], &gz(&LIST[5..])].concat(),
            [gz(b""), one.clone()].concat(),
        ] {
            assert_eq!(gunzipped(&packed).as_deref(), Ok(LIST));
        }
        assert_eq!(gunzipped(LIST), Err(ArchiveFault::Other(ArchiveFormat::Gzip)));
        assert_eq!(gunzipped(&zst(LIST)), Err(ArchiveFault::Other(ArchiveFormat::Gzip)));
        assert_eq!(gunzipped(b""), Err(ArchiveFault::Cut));
        assert_eq!(gunzipped(&[&one[..], b"\nmore"].concat()), Err(ArchiveFault::Trailing));
        let mut damaged = one.clone();
        let at = damaged.len() - 6;
        damaged[at] ^= 1;
        assert_eq!(gunzipped(&[&damaged[..], &one].concat()), Err(ArchiveFault::Damaged));
    }

    #[test]
    fn zstandard_files_are_read_with_all_their_frames() {
        let one = zst(LIST);
        for packed in [
            one.clone(),
            [skippable(b"abcd"), one.clone()].concat(),
            [one.clone(), skippable(b"")].concat(),
            [zst(&LIST[..5]), skippable(&[7; 3000]), zst(&LIST[5..])].concat(),
        ] {
            assert_eq!(unzstd(&packed).as_deref(), Ok(LIST));
        }
        assert_eq!(unzstd(LIST), Err(ArchiveFault::Other(ArchiveFormat::Zstandard)));
        assert_eq!(unzstd(b""), Err(ArchiveFault::Cut));
        assert_eq!(unzstd(&[&one[..], LIST].concat()), Err(ArchiveFault::Trailing));
        // A frame of one empty block with a window of 256 MiB: what `zstd --long=28` declares.
        let long = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x90, 0x01, 0x00, 0x00];
        let fault = unzstd(&long).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "its window is 256 MiB, and at most 128 MiB are kept: compress it again without `--long`"
        );
    }

    proptest! {
        #[test]
        fn an_archive_that_was_cut_is_never_taken_for_the_whole(at in any::<prop::sample::Index>()) {
            for (packed, unpacked) in [(gz(LIST), gunzipped as fn(&[u8]) -> _), (zst(LIST), unzstd)] {
                let at = at.index(packed.len());
                prop_assert_eq!(unpacked(&packed[..at]), Err(ArchiveFault::Cut), "{}", at);
            }
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), magic in prop::sample::select(vec![vec![], vec![0x1f, 0x8b, 8], vec![0x28, 0xb5, 0x2f, 0xfd]])) {
            let bytes = [magic, bytes].concat();
            let _ = all(Gzip::new(&bytes[..]));
            let _ = all(Zstandard::new(&bytes[..]));
        }
    }
}
