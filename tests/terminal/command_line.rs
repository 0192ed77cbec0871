//! Commands without the screen, in a terminal: lines that fit, colors, questions.

use crate::pty::{ENTER, Pty};
use crate::stage::Stage;
use writeback::testing::sandbox::{Effect, Fault, Route, samples};

/// The text of a screen in one line.
fn joined(pty: &Pty) -> String {
    pty.text().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn errors_and_help_break_between_words() {
    for columns in [40, 60, 80] {
        let mut pty = Pty::writeback(columns, 40, "run nosuch", &[]);
        pty.wait("exit 2");
        let sentence = "writeback: There is no export `nosuch`. `writeback exports list` shows those that are saved; any \
                        other definition goes by its path.";
        assert!(joined(&pty).contains(sentence), "{}", pty.text());
        let mut pty = Pty::writeback(columns, 60, "get --help", &[]);
        pty.wait("exit 0");
        assert!(joined(&pty).contains("if left out, the credentials in the environment"), "{}", pty.text());
        assert!(joined(&pty).contains("Give it to a program"), "{}", pty.text());
    }
}

#[test]
fn signs_have_a_color_where_colors_are_wanted() {
    let mut pty = Pty::writeback(80, 24, "demo --run", &[]);
    pty.wait("exit 0").wait_raw("\u{1b}[32m✓\u{1b}[0m Ask");
    let mut pty = Pty::writeback(80, 24, "demo --run", &[("NO_COLOR", "1")]);
    pty.wait("exit 0");
    assert!(pty.raw().contains("✓ Ask") && !pty.raw().contains("\u{1b}[32m"), "{}", pty.raw());
}

#[tokio::test(flavor = "multi_thread")]
async fn run_without_a_name_offers_the_saved_exports() {
    let stage = Stage::new().await;
    let exports = stage.home.path().join("exports");
    std::fs::create_dir_all(&exports).unwrap();
    let definition = stage.definition(samples::QUOTED, "");
    for name in ["daily", "returns"] {
        std::fs::copy(&definition, exports.join(format!("{name}.toml"))).unwrap();
    }
    let mut variables = stage.sandbox.environment();
    variables.push(("WRITEBACK_HOME", stage.home.path().display().to_string()));
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    tokio::task::block_in_place(|| {
        let mut pty = Pty::writeback(80, 24, "run", &variables);
        pty.wait("1. daily").wait("2. returns").wait("Which export? A number:").send("7").send(ENTER);
        pty.wait("Enter a number from 1 to 2").send("2").send(ENTER).wait("Proven:").wait("exit 0");
        let mut pty = Pty::writeback(80, 24, "run", &variables);
        pty.wait("Which export?").send(ENTER).wait("exit 0");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn get_asks_before_it_replaces_a_file_that_is_there() {
    let stage = Stage::new().await;
    let mut variables = stage.sandbox.environment();
    variables.push(("WRITEBACK_HOME", stage.home.path().display().to_string()));
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let there = stage.home.path().join("there.csv");
    std::fs::write(&there, "old").unwrap();
    let command = format!("get acme-analytics/sales-mart store_targets.csv -o {}", there.display());
    tokio::task::block_in_place(|| {
        let mut pty = Pty::writeback(80, 24, &command, &variables);
        pty.wait("Replace it? [y/N]").send(ENTER).wait("add --force").wait("exit 2");
        assert_eq!(std::fs::read_to_string(&there).unwrap(), "old");
        let mut pty = Pty::writeback(80, 24, &command, &variables);
        pty.wait("Replace it? [y/N]").send("y").send(ENTER).wait("exit 0");
        assert_ne!(std::fs::read_to_string(&there).unwrap(), "old");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_fails_in_a_terminal_ends_with_the_report_for_a_ticket() {
    let stage = Stage::new().await;
    stage.sandbox.fault(Fault::always(Route::Export, Effect::status(500, "{}")));
    let definition = stage.definition(samples::QUOTED, "");
    let mut variables = stage.sandbox.environment();
    variables.push(("WRITEBACK_HOME", stage.home.path().display().to_string()));
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    std::fs::write(stage.home.path().join("config.toml"), "[limits]\nattempts = 1\n").unwrap();
    tokio::task::block_in_place(|| {
        let mut pty = Pty::writeback(100, 40, &format!("run {definition}"), &variables);
        pty.wait("exit 1");
        let text = pty.text();
        let id = format!("  DataSet     {}", samples::QUOTED);
        for part in [
            "For a support ticket",
            "  Writeback ",
            &id,
            "  Result      failed at Export",
            "  Phases      Ask ",
            "  Log         ",
        ] {
            assert!(text.contains(part), "no {part:?} in\n{text}");
        }
        assert_eq!(text.matches("The log is").count(), 0, "{text}");
    });
}
