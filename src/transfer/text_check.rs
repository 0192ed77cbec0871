//! Counts bytes that are not text: invalid UTF-8, or NUL.

#[derive(Debug, Clone, Default)]
pub(super) struct TextCheck {
    not_utf8: u64,
    nul: u64,
    /// The beginning of a character whose rest is still to come.
    unfinished: Vec<u8>,
}

impl TextCheck {
    /// `is_plain` says that the whole piece is ASCII other than NUL.
    pub(super) fn update(&mut self, piece: &[u8], is_plain: bool) {
        let mut piece = self.finish_character(piece);
        if is_plain {
            return;
        }
        self.nul += memchr::memchr_iter(0, piece).count() as u64;
        while let Err(error) = simdutf8::compat::from_utf8(piece) {
            let wrong = &piece[error.valid_up_to()..];
            let Some(length) = error.error_len() else {
                self.unfinished.extend_from_slice(wrong);
                return;
            };
            self.not_utf8 += length as u64;
            piece = &wrong[length..];
        }
    }

    /// Includes an incomplete last character, as if the stream ended here.
    pub(super) fn not_utf8(&self) -> u64 {
        self.not_utf8 + self.unfinished.len() as u64
    }

    pub(super) fn nul(&self) -> u64 {
        self.nul
    }

    /// Ignores an incomplete last character.
    pub(super) fn is_text(&self) -> bool {
        self.not_utf8 == 0 && self.nul == 0
    }

    pub(super) fn is_within_character(&self) -> bool {
        !self.unfinished.is_empty()
    }

    /// Completes the unfinished character from the piece; returns the rest.
    fn finish_character<'a>(&mut self, mut piece: &'a [u8]) -> &'a [u8] {
        while self.is_within_character()
            && let Some((byte, rest)) = piece.split_first()
        {
            self.unfinished.push(*byte);
            match std::str::from_utf8(&self.unfinished) {
                Ok(_) => {
                    self.unfinished.clear();
                    piece = rest;
                }
                Err(error) => match error.error_len() {
                    None => piece = rest,
                    Some(length) => {
                        self.unfinished.clear();
                        self.not_utf8 += length as u64;
                    }
                },
            }
        }
        piece
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn std_invalid_bytes(bytes: &[u8]) -> u64 {
        bytes.utf8_chunks().map(|chunk| chunk.invalid().len() as u64).sum()
    }

    fn check(pieces: &[&[u8]]) -> TextCheck {
        let mut check = TextCheck::default();
        for piece in pieces {
            check.update(piece, piece.iter().all(|byte| matches!(byte, 1..=127)));
        }
        check
    }

    /// Bytes that often begin, continue or end a character, with whole characters among them.
    fn nearly_text() -> impl Strategy<Value = Vec<u8>> {
        let part = prop_oneof![
            any::<char>().prop_map(|char| char.to_string().into_bytes()),
            any::<u8>().prop_map(|byte| vec![byte]),
            prop::sample::select(vec![0xE0, 0xED, 0xF0, 0xF4, 0x80, 0x9F, 0xA0, 0xBF, 0xC2, 0])
                .prop_map(|byte| vec![byte]),
            prop::collection::vec(Just(b'a'), 0..70),
        ];
        prop::collection::vec(part, 0..60).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn invalid_bytes_are_counted_as_by_the_standard_library_wherever_cut(bytes in nearly_text(), cuts in prop::collection::vec(0usize..400, 0..12)) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]).collect();
            let singly: Vec<&[u8]> = bytes.chunks(1).collect();
            let nul = bytes.iter().filter(|byte| **byte == 0).count() as u64;
            for check in [check(&pieces), check(&singly)] {
                prop_assert_eq!((check.not_utf8(), check.nul()), (std_invalid_bytes(&bytes), nul));
                prop_assert_eq!(std::str::from_utf8(&bytes).is_ok() && nul == 0, check.is_text() && !check.is_within_character());
            }
        }
    }

    #[test]
    fn a_cut_character_is_judged_once_complete() {
        let half = check(&["Jos\u{e9}".as_bytes().split_last().unwrap().1]);
        assert!(half.is_text() && half.is_within_character());
        assert_eq!(half.not_utf8(), 1, "if it ended here");
        assert!(!check(&[b"Jos\xe9", b"\n"]).is_text());
    }
}
