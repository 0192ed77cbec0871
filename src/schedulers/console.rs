//! The output of a tool, in whichever encoding.

use encoding_rs::{Encoding, UTF_16LE};

/// Text that a tool has printed: UTF-16 and UTF-8 show what they are, and anything else is in the code page of this
/// computer's console.
pub(super) fn text(bytes: &[u8]) -> String {
    decoded(bytes, code_page())
}

fn decoded(bytes: &[u8], code_page: Option<u16>) -> String {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    // No text of one byte a letter has any.
    if bytes.contains(&0) {
        return UTF_16LE.decode_without_bom_handling(bytes).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    // encoding_rs knows the pages that the web uses, those of East Asia among them, but few of the others.
    let table = code_page.and_then(|page| oem_cp::code_table::DECODING_TABLE_CP_MAP.get(&page));
    let encoding = code_page.and_then(codepage::to_encoding);
    match (table, encoding) {
        (Some(table), _) => table.decode_string_lossy(bytes),
        (None, Some(encoding)) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        (None, None) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The code page in which a console of this computer begins (learn.microsoft.com, "Code Page Identifiers").
#[cfg(windows)]
fn code_page() -> Option<u16> {
    let key = windows_registry::LOCAL_MACHINE.open(r"SYSTEM\CurrentControlSet\Control\Nls\CodePage").ok()?;
    key.get_string("OEMCP").ok()?.parse().ok()
}

#[cfg(not(windows))]
fn code_page() -> Option<u16> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_as_what_it_is() {
        let text = "Größe";
        let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let with_mark: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf_16.iter().copied()).collect();
        let of_850 = b"Gr\x94\xe1e".as_slice();
        let of_1252 = b"Gr\xf6\xdfe".as_slice();
        for (bytes, page) in [
            (text.as_bytes(), Some(850)),
            (&*utf_16, Some(850)),
            (&*with_mark, None),
            (of_850, Some(850)),
            (of_850, Some(437)),
            (of_1252, Some(1252)),
        ] {
            assert_eq!(decoded(bytes, page), text, "{bytes:x?} in {page:?}");
        }
        assert_eq!(decoded(b"\x93\xfa\x96{", Some(932)), "日本");
        assert_eq!(decoded(b"a\xff", None), "a\u{fffd}", "of a page that nobody knows");
    }

    #[cfg(windows)]
    #[test]
    fn the_code_page_of_the_console_is_known() {
        assert!(code_page().is_some());
    }
}
