//! The mouse in the real program: it is the terminal's until somebody wants it, and the terminal's again afterwards.

use crate::pty::{CTRL_C, CTRL_T, CTRL_Z, Pty};
use writeback::testing::tui::terminal::{self, Modes};

const ON: [&str; 2] = ["\x1b[?1000h", "\x1b[?1006h"];
const OFF: [&str; 2] = ["\x1b[?1000l", "\x1b[?1006l"];

/// A home with three exports that never ran, and this configuration.
fn stage(config: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(home.path().join("exports")).expect("a folder");
    for name in ["Costs", "Sales", "Visits"] {
        let text = format!(
            "name = \"{name}\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n\
             [output]\ndataset = \"acme/mart\"\nfile = \"{}\"\n",
            name.to_lowercase()
        );
        let file = home.path().join("exports").join(format!("{}.toml", name.to_lowercase()));
        std::fs::write(file, text).expect("it is written");
    }
    std::fs::write(home.path().join("config.toml"), config).expect("it is written");
    home
}

fn variables(home: &tempfile::TempDir) -> [(&'static str, String); 3] {
    let nowhere = "http://127.0.0.1:9".to_owned();
    [
        ("WRITEBACK_HOME", home.path().display().to_string()),
        ("WRITEBACK_DATAWORLD_URL", nowhere.clone()),
        ("WRITEBACK_DOMO_URL", nowhere),
    ]
}

fn open(home: &tempfile::TempDir) -> Pty {
    let variables = variables(home);
    let mut pty = Pty::writeback(80, 24, "", &variables.each_ref().map(|(name, value)| (*name, value.as_str())));
    pty.wait("Costs").wait("Visits");
    pty
}

/// The bytes of `button` pressed and let go at the first cell of a text, in xterm's SGR mode.
fn at(pty: &Pty, button: u8, text: &str) -> String {
    let screen = pty.text();
    let found = screen.lines().enumerate().find_map(|(row, line)| Some((row + 1, line.find(text)?, line)));
    let (row, bytes, line) = found.unwrap_or_else(|| panic!("no {text:?} on\n{screen}"));
    let column = line[..bytes].chars().count() + 1;
    format!("\x1b[<{button};{column};{row}M\x1b[<{button};{column};{row}m")
}

fn click(pty: &mut Pty, text: &str) {
    let sequence = at(pty, 0, text);
    pty.send(&sequence);
}

/// Capture of the mouse was turned on last, not off.
fn is_captured(pty: &Pty) -> bool {
    let raw = pty.raw();
    let captured = [0, 1].map(|at| raw.rfind(ON[at]) > raw.rfind(OFF[at]));
    assert_eq!(captured[0], captured[1], "one without the other");
    captured[0]
}

fn is_under_cursor(screen: &vt100::Screen, name: &str) -> bool {
    let row = (0..24).find(|row| screen.contents_between(*row, 0, *row, 40).contains(name));
    row.is_some_and(|row| screen.cell(row, 0).is_some_and(|cell| cell.contents() == "▌"))
}

#[test]
fn it_is_the_terminals_until_ctrl_t_and_again_afterwards() {
    let home = stage("");
    let mut pty = open(&home);
    click(&mut pty, "3 Accounts");
    pty.send("\x1bOP").wait("mouse on or off").send("\x1b").wait_gone("mouse on or off");
    assert!(pty.text().contains("Costs"), "a click did something");
    assert!(!ON.iter().any(|mode| pty.raw().contains(mode)), "nobody has asked for the mouse");
    pty.send(CTRL_T).wait("The mouse is on").wait("Shift");
    assert!(is_captured(&pty));
    // Moves of the pointer are not wanted.
    assert!(!["?1002h", "?1003h"].iter().any(|mode| pty.raw().contains(mode)));
    click(&mut pty, "3 Accounts");
    pty.wait("There are no saved accounts.");
    click(&mut pty, "1 Exports");
    pty.wait("Visits");
    click(&mut pty, "Sales");
    pty.wait_until("Sales under the cursor", |screen| is_under_cursor(screen, "Sales")).wait("acme/mart/sales.csv");
    // The wheel finds nothing below; the second click is Enter.
    let wheel = at(&pty, 65, "Visits");
    pty.send(&wheel);
    click(&mut pty, "Sales");
    pty.wait("It has not run yet.");
    pty.send(CTRL_T).wait("The mouse is off");
    assert!(!is_captured(&pty));
    pty.send("q").ends_with(0);
}

#[test]
fn it_is_taken_by_the_configuration_and_given_back_at_each_way_out() {
    let home = stage("[mouse]\nenabled = true\n");
    let mut pty = open(&home);
    assert!(is_captured(&pty));
    click(&mut pty, "q quit");
    pty.ends_with(0);
    assert!(!is_captured(&pty));
    for signal in ["-TERM", "-INT"] {
        let mut pty = open(&home);
        pty.signal(signal).ends_with(130);
        assert!(!is_captured(&pty), "{signal}");
    }
}

#[test]
fn a_job_that_is_stopped_has_no_mouse_until_it_goes_on() {
    let home = stage("[mouse]\nenabled = true\n");
    let at_prompt = |screen: &vt100::Screen| !screen.alternate_screen() && screen.contents().trim_end().ends_with('$');
    let variables = variables(&home);
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut pty = Pty::run(80, 24, "bash", &["--norc", "--noprofile", "--noediting", "-i"], &variables);
    pty.wait("$ ").send(&format!("{}\r", env!("CARGO_BIN_EXE_writeback"))).wait("Visits");
    assert!(is_captured(&pty));
    pty.send(CTRL_Z).wait("Stopped").wait_until("the shell's prompt", at_prompt);
    assert!(!is_captured(&pty));
    pty.is_restored();
    pty.send("fg\r").wait_until("the alternate screen", vt100::Screen::alternate_screen).wait("Visits");
    assert!(is_captured(&pty));
    click(&mut pty, "4 History");
    pty.wait("Nothing has run yet.");
    pty.send(CTRL_C).wait_until("the shell's prompt", at_prompt);
    pty.is_restored();
    assert!(!is_captured(&pty));
}

#[test]
fn a_click_goes_to_a_field_of_the_wizard() {
    let home = stage("[mouse]\nenabled = true\n");
    let mut pty = open(&home);
    click(&mut pty, "n new");
    // The keyring's state has rows of its own, and comes a moment later.
    pty.wait("There is no keyring here").wait("Client id");
    click(&mut pty, "Client id");
    pty.wait("▌ Client id").send("b0876cee").wait("b0876cee");
    click(&mut pty, "( ) access token");
    pty.wait("(•) access token");
    pty.send(CTRL_C).ends_with(130);
}

#[test]
fn a_panic_gives_it_back() {
    let this = std::env::current_exe().expect("this test");
    let arguments = ["--ignored", "--exact", "mouse::panics_with_the_mouse", "--nocapture"];
    let mut pty = Pty::run(100, 30, &this.display().to_string(), &arguments, &[]);
    pty.wait("the screen fell over").wait("test result");
    assert!(ON.iter().all(|mode| pty.raw().contains(mode)));
    pty.is_restored();
    assert!(!is_captured(&pty));
}

/// Run by the test above, in a terminal of its own.
#[test]
#[ignore = "a part of a_panic_gives_it_back"]
fn panics_with_the_mouse() {
    terminal::install_panic_hook();
    let modes = Modes::enter().expect("a terminal");
    modes.capture_mouse(true).expect("a terminal");
    panic!("the screen fell over");
}
