//! The beginning of a file, as a table: enough to recognize it, whatever its size.

use std::time::Duration;

use super::DataWorld;
use crate::export::DatasetKey;
use crate::services::http::ApiError;

const MOST_BYTES: usize = 64 << 10;
const MOST_ROWS: usize = 200;
const MOST_COLUMNS: usize = 200;
const LONGEST_CELL: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub content: Content,
    pub is_whole: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A row may have fewer cells than the header, or more.
    Table {
        header: Vec<String>,
        rows: Vec<Vec<String>>,
    },
    Text(Vec<String>),
    Binary,
}

impl DataWorld {
    /// Reads the first rows or lines of a file, and closes the connection then.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn head(&self, key: &DatasetKey, file: &str, stall: Duration) -> Result<Head, ApiError> {
        let mut download = self.download(key, file, stall).await?;
        let mut bytes = Vec::new();
        while bytes.len() < MOST_BYTES {
            match download.piece().await? {
                Some(piece) => bytes.extend_from_slice(&piece[..piece.len().min(MOST_BYTES - bytes.len())]),
                None => return Ok(Head::read(file, &bytes, true)),
            }
        }
        Ok(Head::read(file, &bytes, false))
    }
}

impl Head {
    pub fn size(&self) -> (usize, usize) {
        match &self.content {
            Content::Table { header, rows } => {
                (rows.len(), rows.iter().map(Vec::len).max().unwrap_or(0).max(header.len()))
            }
            Content::Text(lines) => (lines.len(), 1),
            Content::Binary => (0, 0),
        }
    }

    /// Parses the beginning of a file by its name: CSV and TSV as a table, all else as lines. `is_whole` says that
    /// `bytes` are the whole file.
    pub fn read(file: &str, bytes: &[u8], is_whole: bool) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let name = file.to_ascii_lowercase();
        let separator = match name.rsplit('.').next() {
            Some("csv") => Some(b','),
            Some("tsv" | "tab") => Some(b'\t'),
            _ => None,
        };
        match separator {
            _ if bytes.contains(&0) => Self { content: Content::Binary, is_whole },
            Some(separator) => table(bytes, separator, is_whole),
            None => lines(bytes, is_whole),
        }
    }
}

fn table(bytes: &[u8], separator: u8, is_whole: bool) -> Head {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(false).from_reader(bytes);
    let mut rows = Vec::new();
    let mut record = csv::ByteRecord::new();
    let mut all = is_whole;
    // Reading memory cannot fail: a flexible reader takes any bytes for records.
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        let was_cut = !is_whole && reader.position().byte() as usize == bytes.len();
        // The last record may be cut, unless it is the only one.
        if rows.len() > MOST_ROWS || (was_cut && !rows.is_empty()) {
            all = false;
            break;
        }
        rows.push(record.iter().take(MOST_COLUMNS).map(cell).collect::<Vec<_>>());
    }
    let header = if rows.is_empty() { Vec::new() } else { rows.remove(0) };
    Head { content: Content::Table { header, rows }, is_whole: all }
}

fn lines(bytes: &[u8], is_whole: bool) -> Head {
    let mut parts = bytes.split(|byte| *byte == b'\n');
    let lines: Vec<String> = parts.by_ref().take(MOST_ROWS).map(cell).collect();
    Head { content: Content::Text(lines), is_whole: is_whole && parts.next().is_none() }
}

/// Decodes and cuts text; invalid UTF-8 is marked.
fn cell(bytes: &[u8]) -> String {
    // A character has four bytes at most.
    let bytes = &bytes[..bytes.len().min(LONGEST_CELL * 4)];
    String::from_utf8_lossy(bytes).trim_end_matches('\r').chars().take(LONGEST_CELL).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table_of(head: &Head) -> (Vec<String>, Vec<Vec<String>>) {
        match &head.content {
            Content::Table { header, rows } => (header.clone(), rows.clone()),
            other => panic!("no table: {other:?}"),
        }
    }

    #[test]
    fn csv_is_a_table_however_it_is_quoted() {
        let head =
            Head::read("A.CSV", "\u{feff}name,note\r\n\"Ann, B\",\"two\nlines\"\r\n売上,x,more\n".as_bytes(), true);
        let (header, rows) = table_of(&head);
        assert_eq!(header, ["name", "note"]);
        assert_eq!(rows, [vec!["Ann, B", "two\nlines"], vec!["売上", "x", "more"]]);
        assert!(head.is_whole);
        assert_eq!(table_of(&Head::read("a.tsv", b"a\tb\n1\t2", true)).1, [["1", "2"]]);
        assert_eq!(table_of(&Head::read("a.csv", b"", true)), (vec![], vec![]));
    }

    #[test]
    fn a_cut_row_is_not_shown() {
        let head = Head::read("a.csv", b"a,b\n1,2\n3,45", false);
        assert_eq!(table_of(&head).1, [["1", "2"]]);
        assert!(!head.is_whole);
        let many = "1,2\n".repeat(1000);
        let head = Head::read("a.csv", many.as_bytes(), true);
        assert_eq!((table_of(&head).1.len(), head.is_whole), (200, false));
    }

    #[test]
    fn a_file_with_nul_bytes_is_binary() {
        assert_eq!(Head::read("a.xlsx", b"PK\x03\x04\0\0", true).content, Content::Binary);
        let text = Head::read("README.md", b"# One\r\n\xff two", true);
        assert_eq!(text.content, Content::Text(vec!["# One".to_owned(), "\u{fffd} two".to_owned()]));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_within_bounds(bytes in proptest::collection::vec(any::<u8>(), 0..4000), whole: bool) {
            for name in ["a.csv", "a.tsv", "a.txt"] {
                match Head::read(name, &bytes, whole).content {
                    Content::Table { header, rows } => {
                        prop_assert!(rows.len() <= MOST_ROWS && header.len() <= MOST_COLUMNS);
                    }
                    Content::Text(lines) => prop_assert!(lines.len() <= MOST_ROWS),
                    Content::Binary => prop_assert!(bytes.contains(&0)),
                }
            }
        }
    }
}
