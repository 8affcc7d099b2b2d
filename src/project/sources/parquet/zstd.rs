//! Pages packed with zstd, unpacked without C.

use std::io::Read as _;

use bytes::Bytes;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};

/// Bytes of one page: writers make pages of a megabyte.
const MOST: u64 = 256 << 20;

/// Unpacks what another reader takes for plain pages.
pub(super) struct ZstdPages<R>(R);

impl<R> ZstdPages<R> {
    pub(super) fn new(packed: R) -> Self {
        Self(packed)
    }
}

impl<R: PageReader> Iterator for ZstdPages<R> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl<R: PageReader> PageReader for ZstdPages<R> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        self.0.get_next_page()?.map(unpacked).transpose()
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.0.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.0.skip_next_page()
    }
}

fn unpacked(page: Page) -> Result<Page> {
    Ok(match page {
        Page::DataPage {
            buf,
            num_values,
            encoding,
            def_level_encoding,
            rep_level_encoding,
            statistics,
        } => Page::DataPage {
            buf: unpack(&buf, 0)?,
            num_values,
            encoding,
            def_level_encoding,
            rep_level_encoding,
            statistics,
        },
        Page::DataPageV2 {
            buf,
            num_values,
            encoding,
            num_nulls,
            num_rows,
            def_levels_byte_len,
            rep_levels_byte_len,
            is_compressed,
            statistics,
        } => {
            let levels = def_levels_byte_len.saturating_add(rep_levels_byte_len);
            let buf = if is_compressed {
                unpack(&buf, usize::try_from(levels).unwrap_or(usize::MAX))?
            } else {
                buf
            };
            Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                num_nulls,
                num_rows,
                def_levels_byte_len,
                rep_levels_byte_len,
                is_compressed: false,
                statistics,
            }
        }
        Page::DictionaryPage {
            buf,
            num_values,
            encoding,
            is_sorted,
        } => Page::DictionaryPage {
            buf: unpack(&buf, 0)?,
            num_values,
            encoding,
            is_sorted,
        },
    })
}

/// All after the first bytes, which are plain.
fn unpack(page: &Bytes, plain: usize) -> Result<Bytes> {
    let damaged = |_| ParquetError::General("a page does not unpack".to_owned());
    let cut = || ParquetError::EOF("a page is too short".to_owned());
    let (levels, packed) = page.split_at_checked(plain).ok_or_else(cut)?;
    let mut whole = levels.to_vec();
    // A page of nulls alone has no values.
    if !packed.is_empty() {
        let decoder = ruzstd::decoding::StreamingDecoder::new(packed).map_err(|_| cut())?;
        let count = decoder.take(MOST).read_to_end(&mut whole).map_err(damaged)?;
        if count as u64 == MOST {
            return Err(ParquetError::General("a page unpacks to too much".to_owned()));
        }
    }
    Ok(whole.into())
}
