//! Tables, as every command prints them: columns in line, and no blanks around them.

use comfy_table::{CellAlignment, Table, presets};

/// A table with that head.
pub(super) fn new(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(head);
    table
}

/// Aligns columns of numbers, counted from 0.
pub(super) fn right(table: &mut Table, columns: &[usize]) {
    for column in columns {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// Its lines.
pub(super) fn text(table: &Table) -> String {
    table.to_string().lines().map(|line| format!("{}\n", line.trim())).collect()
}
