//! Tables, as every command prints them: aligned columns without borders.
//!
//! A terminal breaks long lines, which makes a table unreadable. So on a terminal a table is fitted: the least useful
//! columns are left out, and long names are cut in the middle, which no table library does. Piped output is complete.

use anstyle::Style;

use crate::text::terminal_text::{columns, fit_middle, name, pad, pad_left};

/// Between two columns.
const GAP: &str = "  ";

/// A column, and the ways in which it may shrink.
pub(super) struct Column {
    head: &'static str,
    is_right: bool,
    least: Option<usize>,
    rank: Option<u8>,
    style: fn(&str) -> Style,
    is_typed: bool,
}

impl Column {
    /// A column that is never cut or left out.
    pub(super) fn new(head: &'static str) -> Self {
        Self { head, is_right: false, least: None, rank: None, style: |_| Style::new(), is_typed: false }
    }

    /// Aligns numbers.
    pub(super) fn right(self) -> Self {
        Self { is_right: true, ..self }
    }

    /// Gives each cell the style of its text.
    pub(super) fn colored(self, style: fn(&str) -> Style) -> Self {
        Self { style, ..self }
    }

    /// Allows to cut the column to this width.
    pub(super) fn at_least(self, least: usize) -> Self {
        Self { least: Some(least), ..self }
    }

    /// Cuts the column only where nothing else makes it fit, because people type its cells again.
    pub(super) fn typed(self) -> Self {
        Self { is_typed: true, ..self }
    }

    /// Allows to leave the column out: empty columns first, then that of the lowest rank.
    pub(super) fn spare(self, rank: u8) -> Self {
        Self { rank: Some(rank), ..self }
    }
}

pub(super) struct Table<const N: usize> {
    columns: [Column; N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    pub(super) fn new(columns: [Column; N]) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row, made safe for the terminal without hiding anything.
    pub(super) fn row(&mut self, cells: [String; N]) {
        self.rows.push(cells.map(|cell| name(&cell).into_owned()));
    }

    /// Fits the table into `room`, if given.
    pub(super) fn text(&self, room: Option<u16>) -> String {
        let widths = self.widths(room.map_or(usize::MAX, usize::from));
        let head = self.line(&widths, |at| (self.columns[at].head, Style::new().bold()));
        let rows = self.rows.iter().map(|row| self.line(&widths, |at| (&row[at], (self.columns[at].style)(&row[at]))));
        std::iter::once(head).chain(rows).collect()
    }

    fn line<'a>(&self, widths: &[(usize, usize)], cell: impl Fn(usize) -> (&'a str, Style)) -> String {
        let last = widths.iter().rposition(|(at, _)| !cell(*at).0.is_empty()).map_or(0, |last| last + 1);
        let cells = widths[..last].iter().enumerate().map(|(nth, (at, width))| {
            let (text, style) = cell(*at);
            let text = fit_middle(text, *width);
            let text = match self.columns[*at].is_right {
                true => pad_left(&text, *width),
                false if nth + 1 == last => text,
                false => pad(&text, *width),
            };
            format!("{style}{text}{style:#}")
        });
        format!("{}\n", cells.collect::<Vec<_>>().join(GAP))
    }

    /// The columns that fit, with their widths.
    fn widths(&self, room: usize) -> Vec<(usize, usize)> {
        let mut widths: Vec<(usize, usize)> = (0..N).map(|at| (at, self.whole(at))).collect();
        let cut = |(at, whole): &(usize, usize)| self.columns[*at].least.map_or(*whole, |least| least.min(*whole));
        let least = |column: &(usize, usize)| if self.columns[column.0].is_typed { column.1 } else { cut(column) };
        let of_all = |widths: &[(usize, usize)], width: &dyn Fn(&(usize, usize)) -> usize| {
            widths.iter().map(width).sum::<usize>() + GAP.len() * widths.len().saturating_sub(1)
        };
        while of_all(&widths, &least) > room {
            let spare = widths.iter().filter_map(|(at, _)| Some((!self.is_empty(*at), self.columns[*at].rank?, *at)));
            let Some((.., spare)) = spare.min() else { break };
            widths.retain(|(at, _)| *at != spare);
        }
        for leasts in [widths.iter().map(least).collect::<Vec<_>>(), widths.iter().map(cut).collect()] {
            while of_all(&widths, &|(_, width)| *width) > room {
                let longer = widths.iter_mut().zip(&leasts).filter(|((_, width), least)| width > least);
                // The widest gives first, so that short names stay whole.
                let Some(((_, width), _)) = longer.max_by_key(|((_, width), _)| *width) else { break };
                *width -= 1;
            }
        }
        widths
    }

    fn is_empty(&self, at: usize) -> bool {
        self.rows.iter().all(|row| row[at].is_empty())
    }

    /// The width of an uncut column.
    fn whole(&self, at: usize) -> usize {
        let cells = self.rows.iter().map(|row| columns(&row[at]));
        cells.chain([columns(self.columns[at].head)]).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of a table without its styles.
    fn plain<const N: usize>(table: &Table<N>, room: Option<u16>) -> String {
        anstream::adapter::strip_str(&table.text(room)).to_string()
    }

    fn files() -> Table<4> {
        let mut table = Table::new([
            Column::new("File").at_least(12),
            Column::new("Size").right(),
            Column::new("By").at_least(4).spare(2),
            Column::new("Sync").spare(1),
        ]);
        for (file, size) in [("a.csv", "84.2 MB"), ("a-very-long-name-of-a-file-2026.csv", "9 B"), ("\u{1b}[2J", "")] {
            table.row([file, size, "somebody", "synced"].map(str::to_owned));
        }
        table
    }

    #[test]
    fn a_wide_table_is_not_cut() {
        let whole = "File                                    Size  By        Sync\n\
                     a.csv                                84.2 MB  somebody  synced\n\
                     a-very-long-name-of-a-file-2026.csv      9 B  somebody  synced\n\
                     <U+001B>[2J                                   somebody  synced\n";
        assert_eq!((plain(&files(), None), plain(&files(), Some(62))), (whole.to_owned(), whole.to_owned()));
    }

    #[test]
    fn a_narrow_table_cuts_names_then_leaves_columns_out() {
        let cut = "File                      Size  By        Sync\n\
                   a.csv                  84.2 MB  somebody  synced\n\
                   a-very-lon…e-2026.csv      9 B  somebody  synced\n\
                   <U+001B>[2J                     somebody  synced\n";
        assert_eq!(plain(&files(), Some(48)), cut);
        let left_out = "File             Size  By\n\
                        a.csv         84.2 MB  som…ody\n\
                        a-very…6.csv      9 B  som…ody\n\
                        <U+001B>[2J            som…ody\n";
        assert_eq!(plain(&files(), Some(30)), left_out);
        assert_eq!(plain(&files(), Some(24)).lines().next(), Some("File                Size"));
    }

    #[test]
    fn what_is_typed_again_is_cut_last() {
        let table = |names: [&'static str; 2]| {
            let columns = [
                Column::new("Run as").at_least(8).typed(),
                Column::new("To").at_least(6),
                Column::new("Next").spare(1),
            ];
            let mut table = Table::new(columns);
            table.row([names[0], names[1], "tomorrow"].map(str::to_owned));
            table
        };
        let long = table(["daily-sales-by-region", "acme-analytics/sales-mart"]);
        assert_eq!(plain(&long, Some(34)), "Run as                 To\ndaily-sales-by-region  acme-…-mart\n");
        assert_eq!(plain(&long, Some(20)), "Run as        To\ndaily-…egion  acm…rt\n");
    }

    #[test]
    fn empty_columns_are_left_out_first() {
        let mut table = Table::new([Column::new("Name"), Column::new("By").spare(1), Column::new("Sync").spare(2)]);
        table.row(["a-name", "somebody", ""].map(str::to_owned));
        assert_eq!(plain(&table, Some(18)), "Name    By\na-name  somebody\n");
        assert_eq!(plain(&table, None), "Name    By        Sync\na-name  somebody\n");
    }

    #[test]
    fn no_table_is_wider_than_its_room() {
        for room in 21..80 {
            let text = plain(&files(), Some(room));
            assert!(text.lines().all(|line| columns(line) <= usize::from(room)), "{room}\n{text}");
        }
        assert_eq!(plain(&files(), Some(5)), plain(&files(), Some(21)), "what is needed stays");
    }
}
