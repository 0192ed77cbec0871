//! Makes the README's pictures from the real program, in a pseudo-terminal, on the sandbox:
//!
//! ```sh
//! cargo test --test terminal pictures -- --ignored
//! ```

use std::cell::RefCell;
use std::fmt::Write as _;

use crate::pty::Pty;
use vt100::{Cell, Color, Screen};
use writeback::testing::sandbox::samples;

const COLUMNS: u16 = 100;
const ROWS: u16 = 26;
const CELL: (f64, f64) = (8.4, 18.0);
const MARGIN: f64 = 14.0;
const PAPER: &str = "#16181d";
const INK: &str = "#d7dae0";

#[test]
#[ignore = "writes the pictures in assets/"]
fn pictures_of_the_readme() {
    let mut pty = Pty::writeback(COLUMNS, ROWS, "demo", &[("COLORTERM", "truecolor")]);
    pty.wait("demo account").send("\x0e").wait("Input DataSet ID").paste(samples::DAILY_SALES).wait("✓ Daily Sales");
    pty.send("\t\t\x1b[B").wait("Choose a data.world dataset").wait("/139");
    pty.send("sales-mart").wait("> sales-mart").send("\r").wait("you may write here");
    pty.send("\t\tdaily-sales").wait("will be replaced").send(&"\x1b[Z".repeat(4)).wait("240,000 rows").settle();
    keep(&mut pty, "wizard", "2 Details");
    pty.send("\x0e").wait("Update interval").send("\x0e").wait("writeback run").send("\x0e");
    pty.wait("Save and run").send("\r");
    pty.wait_until("two thirds", |screen| {
        percent(&screen.contents()).is_some_and(|percent| (60..75).contains(&percent))
    });
    keep(&mut pty, "run", "Upload");
    pty.wait("Proven").send("\x1b").wait("1 export").send("2").wait("inventory-2023");
    pty.send("/sales-mart\r").wait("Sales Mart").send("\r").wait("Sync").send("\r").wait("200 rows").wait("Zürich");
    keep(&mut pty, "home", "Browse");
    // The wide dashboard, once the export has run a few times.
    pty.resize(120, 30).send("q").send("q").send("1").wait("╭ Daily Sales by Region");
    for _ in 0..4 {
        pty.send("r").wait("1 run under way").wait_gone("under way");
    }
    pty.wait("(5 of 5)").settle();
    keep(&mut pty, "dashboard", "Last runs");
}

/// The first percentage on the screen.
fn percent(contents: &str) -> Option<u32> {
    let (before, _) = contents.split_once(" %")?;
    before.rsplit(' ').next()?.parse().ok()
}

/// Writes what is on the screen as `assets/NAME.svg`.
fn keep(pty: &mut Pty, name: &str, shows: &str) {
    let picture = RefCell::new(String::new());
    pty.wait_until(shows, |screen| {
        *picture.borrow_mut() = svg(screen);
        true
    });
    let path = format!("{}/assets/{name}.svg", env!("CARGO_MANIFEST_DIR"));
    std::fs::write(path, picture.into_inner()).expect("the picture is written");
}

fn svg(screen: &Screen) -> String {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let (width, height) = (f64::from(columns) * CELL.0 + 2.0 * MARGIN, f64::from(rows) * CELL.1 + 2.0 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-size=\"14\" \
         font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{PAPER}\"/>\n"
    );
    for row in 0..rows {
        let mut column = 0;
        while column < columns {
            let style = style(screen.cell(row, column));
            let from = column;
            let mut text = String::new();
            while column < columns && self::style(screen.cell(row, column)) == style {
                text.push_str(
                    screen.cell(row, column).map(Cell::contents).filter(|text| !text.is_empty()).unwrap_or(" "),
                );
                column += 1;
            }
            run(&mut svg, row, from, column - from, &text, &style);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// Cells in a row that look alike.
fn run(svg: &mut String, row: u16, column: u16, cells: u16, text: &str, (ink, paper, weight): &(String, String, u16)) {
    let (x, y) = (MARGIN + f64::from(column) * CELL.0, MARGIN + f64::from(row) * CELL.1);
    let width = f64::from(cells) * CELL.0;
    if paper != PAPER {
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{paper}\"/>",
            CELL.1
        );
    }
    if !text.trim().is_empty() {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{:.1}\" fill=\"{ink}\" font-weight=\"{weight}\" textLength=\"{width:.1}\" \
             xml:space=\"preserve\">{text}</text>",
            y + 13.5
        );
    }
}

/// Ink, paper and weight of a cell.
fn style(cell: Option<&Cell>) -> (String, String, u16) {
    let Some(cell) = cell else { return (INK.into(), PAPER.into(), 400) };
    let mut ink = colour(cell.fgcolor(), INK);
    let mut paper = colour(cell.bgcolor(), PAPER);
    if cell.inverse() {
        std::mem::swap(&mut ink, &mut paper);
    }
    if cell.dim() {
        ink = "#8a8f99".to_owned();
    }
    (ink, paper, if cell.bold() { 700 } else { 400 })
}

/// A color of the terminal, in a palette like that of most.
fn colour(colour: Color, default: &str) -> String {
    const PALETTE: [&str; 8] = ["#3b4048", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d7dae0"];
    match colour {
        Color::Default => default.to_owned(),
        Color::Idx(index) => PALETTE[usize::from(index % 8)].to_owned(),
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
    }
}
