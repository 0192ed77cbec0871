//! Finds invisible characters by their properties in Unicode.

use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;

/// Matches characters without appearance and width: joiners, marks and overrides of the reading direction, tags
/// (`Default_Ignorable_Code_Point`), and the marks of interlinear annotations, which no terminal knows.
pub(crate) fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c) || matches!(c, '\u{fff9}'..='\u{fffb}')
}

/// Matches characters with width and no appearance: blanks of all widths, tabs and line ends (`White_Space`), and two
/// that are symbols by their category, the empty pattern of Braille and the empty head of a note.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{2800}' | '\u{1d159}')
}
