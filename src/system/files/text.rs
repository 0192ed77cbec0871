//! Reads small text files: plain files only, in UTF-8, or in the Unicode form that a byte order mark names.

use std::borrow::Cow;
use std::fs::{FileType, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use encoding_rs::{UTF_16BE, UTF_16LE};

use super::{FileError, FileFault, no_device, replace};

/// In bytes; more than any definition, account file or token has.
const LIMIT: u64 = 4 * 1024 * 1024;

/// The encoding of a text. Windows PowerShell's `>` writes [`Encoding::Utf16Le`], Notepad any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf8Marked,
    Utf16Le,
    Utf16Be,
}

/// A text file as it was read. It is replaced only if it has not changed since.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    path: PathBuf,
    bytes: Vec<u8>,
    encoding: Encoding,
    /// Has no byte order mark.
    pub(crate) text: String,
}

impl Text {
    /// Reads a file; `None` if it does not exist. `what` is for the error, before the path: `export at`.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is not a plain file, or is not text.
    pub(crate) fn read(path: &Path, what: &'static str) -> Result<Option<Self>, FileError> {
        let unreadable = |error: io::Error| FileError::Unreadable { what, path: path.to_owned(), source: error.into() };
        let bytes = match read_bytes(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        let (encoding, text) = decoded(&bytes).map_err(|error| unreadable(error.into()))?;
        Ok(Some(Self { path: path.to_owned(), bytes, encoding, text }))
    }

    /// Replaces the text, in the same encoding.
    ///
    /// # Errors
    ///
    /// The file has changed, or cannot be written. It stays as it was.
    pub(crate) fn replace(&self, text: &str) -> io::Result<()> {
        replace::whole_if(&self.path, &self.bytes, &encoded(text, self.encoding))
    }

    /// Undoes the replacement by `after`, unless the file has changed since.
    pub(crate) fn put_back(&self, after: &str) -> io::Result<()> {
        replace::whole_if(&self.path, &encoded(after, self.encoding), &self.bytes)
    }
}

pub(crate) fn read_text(path: &Path, what: &'static str) -> Result<Option<String>, FileError> {
    Ok(Text::read(path, what)?.map(|read| read.text))
}

/// Reads a plain file whole. Refuses a named pipe, which would wait for a writer. A file of `/dev` that a shell or a
/// person hands over is read to its end.
///
/// # Errors
///
/// The file cannot be read, is not a plain file, or is larger than any of ours.
pub(crate) fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    no_device(path)?;
    let handed_over = cfg!(unix) && path.starts_with("/dev");
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    if !handed_over {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    let file = match options.open(path) {
        // Sockets cannot be opened at all; Windows opens no folders.
        Err(error) => {
            path.metadata().map_or(Ok(()), |it| check_plain(it.file_type()))?;
            return Err(error);
        }
        Ok(file) => file,
    };
    if !handed_over {
        check_plain(file.metadata()?.file_type())?;
    }
    let mut bytes = Vec::new();
    file.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LIMIT {
        return Err(FileFault::TooLarge.into());
    }
    Ok(bytes)
}

/// # Errors
///
/// Names what is there instead.
pub(crate) fn check_plain(kind: FileType) -> io::Result<()> {
    let what = match kind {
        kind if kind.is_file() => return Ok(()),
        kind if kind.is_dir() => "a folder",
        #[cfg(unix)]
        kind if std::os::unix::fs::FileTypeExt::is_fifo(&kind) => "a named pipe",
        #[cfg(unix)]
        kind if std::os::unix::fs::FileTypeExt::is_socket(&kind) => "a socket",
        _ => "a device",
    };
    Err(FileFault::Kind(what).into())
}

/// Decodes bytes as text, without a byte order mark.
///
/// # Errors
///
/// The bytes are neither UTF-8 nor marked as UTF-16. The error does not repeat them, as they may be a secret.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, FileFault> {
    decoded(bytes).map(|(_, text)| text)
}

fn decoded(bytes: &[u8]) -> Result<(Encoding, String), FileFault> {
    if bytes.starts_with(&[0xff, 0xfe, 0, 0]) || bytes.starts_with(&[0, 0, 0xfe, 0xff]) {
        return Err(FileFault::NotText { line: None, looks_like: "UTF-32" });
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return from_utf16(rest, UTF_16LE).map(|text| (Encoding::Utf16Le, text));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return from_utf16(rest, UTF_16BE).map(|text| (Encoding::Utf16Be, text));
    }
    let (encoding, rest) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (Encoding::Utf8Marked, rest),
        None => (Encoding::Utf8, bytes),
    };
    // Our texts have no NUL; UTF-16 has one beside each plain letter.
    if rest.contains(&0) {
        let utf16 = rest.len() % 2 == 0 && rest.chunks_exact(2).any(|pair| (pair[0] == 0) != (pair[1] == 0));
        let looks_like = match utf16 {
            _ if [u32::from_le_bytes, u32::from_be_bytes].into_iter().any(|unit| is_utf32(rest, unit)) => {
                "UTF-32 without a byte order mark"
            }
            true => "UTF-16 without a byte order mark",
            false => "no text",
        };
        return Err(FileFault::NotText { line: None, looks_like });
    }
    match std::str::from_utf8(rest) {
        Ok(text) => Ok((encoding, text.to_owned())),
        Err(error) => {
            let line = 1 + rest[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
            Err(FileFault::NotText {
                line: Some(line),
                looks_like: "Windows-1252 or another encoding of one byte a letter",
            })
        }
    }
}

fn is_utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> bool {
    let (units, rest) = bytes.as_chunks::<4>();
    rest.is_empty() && units.iter().all(|four| char::from_u32(unit(*four)).is_some_and(|c| c != '\0'))
}

fn from_utf16(bytes: &[u8], encoding: &'static encoding_rs::Encoding) -> Result<String, FileFault> {
    let wrong = FileFault::NotText { line: None, looks_like: "UTF-16 that is cut off or damaged" };
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    text.map(Cow::into_owned).ok_or(wrong)
}

fn encoded(text: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf8Marked => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        Encoding::Utf16Le => in_utf16(text),
        Encoding::Utf16Be => marked_units(text).flat_map(u16::to_be_bytes).collect(),
    }
}

/// Encodes as UTF-16, little-endian with a byte order mark, as programs of Windows expect.
pub(crate) fn in_utf16(text: &str) -> Vec<u8> {
    marked_units(text).flat_map(u16::to_le_bytes).collect()
}

fn marked_units(text: &str) -> impl Iterator<Item = u16> {
    std::iter::once(0xfeff).chain(text.encode_utf16())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn text_in_every_unicode_form_is_read_back(text in "[^\0\u{feff}]*") {
            for encoding in [Encoding::Utf8, Encoding::Utf8Marked, Encoding::Utf16Le, Encoding::Utf16Be] {
                prop_assert_eq!(decoded(&encoded(&text, encoding)), Ok((encoding, text.clone())));
            }
        }

        #[test]
        fn any_bytes_are_text_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Ok((encoding, text)) = decoded(&bytes) {
                prop_assert_eq!(encoded(&text, encoding), bytes);
            }
        }
    }

    #[test]
    fn an_encoding_that_is_not_certain_is_named_and_not_guessed() {
        let said = |bytes: &[u8]| decode(bytes).unwrap_err().to_string();
        assert!(
            said(b"name = 1\nx = \"Jos\xe9\"").starts_with("it is not UTF-8 in line 2, it looks like Windows-1252 ")
        );
        let unmarked: Vec<u8> = "name".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(
            said(&unmarked).starts_with("it is not UTF-8, it looks like UTF-16 without a byte order mark. Save it")
        );
        for unit in [u32::to_le_bytes, u32::to_be_bytes] {
            let unmarked: Vec<u8> = "näme\u{1f600}".chars().flat_map(|c| unit(c.into())).collect();
            assert!(said(&unmarked).contains("it looks like UTF-32 without a byte order mark. "));
        }
        assert!(said(b"\xff\xfen").contains("UTF-16 that is cut off"));
        assert!(said(b"\xff\xfe\0\0n\0\0\0").contains("UTF-32"));
        assert!(said(b"a\0b\0\0").contains("no text"));
    }

    #[cfg(unix)]
    #[test]
    fn reading_never_waits_for_a_pipe() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe.toml");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        let socket = folder.path().join("socket.toml");
        let _bound = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for (path, what) in [(&pipe, "a named pipe"), (&socket, "a socket"), (&folder.path().to_owned(), "a folder")] {
            let said = Text::read(path, "export at").unwrap_err().to_string();
            let expected = format!(
                "The export at {} cannot be read: it is {what}, and only plain files are read.",
                path.display()
            );
            assert_eq!(said, expected);
        }
    }
}
