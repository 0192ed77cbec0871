//! The real program in a pseudo-terminal: keys, paste, sizes, signals, and the way out.

mod shells;

use std::process::{Command, Stdio};
use std::task::Poll;
use std::time::{Duration, Instant};

use crate::pty::{CTRL_C, CTRL_N, CTRL_Z, DOWN, ENTER, ESC, PAGE_DOWN, Pty, TAB, UP, at_prompt};
use crate::tools::tools;
use base64::Engine;
use crossterm::event::{Event, KeyCode};
use futures_util::stream::poll_fn;
use writeback::testing::config::Environment;
use writeback::testing::sandbox::{Options, Sandbox, samples};
use writeback::testing::tui::app::App;
use writeback::testing::tui::screen::Theme;
use writeback::testing::tui::terminal::{self, Modes};
use writeback::testing::tui::wizard::Start;
use writeback::testing::tui::{Background, Effects, Session};

fn demo(columns: u16, rows: u16) -> Pty {
    let mut pty = Pty::writeback(columns, rows, "demo", &[]);
    pty.wait("demo account");
    pty
}

/// Fills in Details, up to the button *Run once* of Review.
fn describe_export(pty: &mut Pty, data_set: &str) {
    pty.wait("Input DataSet ID").paste(data_set).wait("✓");
    // From the DataSet past the method to the dataset, which is chosen from the list.
    pty.send(TAB).send(TAB).send(DOWN).wait("Choose a data.world dataset").wait("/139");
    pty.send("sales-mart").wait("> sales-mart").send(ENTER).wait("you may write here");
    pty.send(TAB).send(TAB).send("from-the-test").wait("next file: from-the-test.csv");
    pty.send(CTRL_N).wait("Update interval").send(CTRL_N).wait("writeback run").send(CTRL_N).wait("Run once");
    pty.send(TAB).send(TAB);
}

#[test]
fn an_export_from_the_first_key_to_the_proof() {
    let mut pty = demo(100, 30);
    // Another account than the environment's: its token is pasted, and not seen.
    pty.send(" ").wait("API Token").send(TAB).paste(samples::READ_WRITE).wait("••••••••");
    assert!(!pty.raw().contains(&samples::READ_WRITE[..20]));
    pty.send(CTRL_N);
    describe_export(&mut pty, samples::DAILY_SALES);
    pty.send(ENTER).wait("Proven: rows equal Domo's").wait("240,000 rows");
    // The link goes to the clipboard of the terminal.
    let link = "https://data.world/acme-analytics/sales-mart/workspace/file?filename=from-the-test.csv";
    let encoded = base64::prelude::BASE64_STANDARD.encode(link);
    pty.send("y").wait("Copy what?").send("l").wait("Sent to the terminal:").wait_raw(&format!("\x1b]52;c;{encoded}"));
    assert!(!pty.raw().contains(&samples::READ_WRITE[..20]), "the token was written to the terminal");
    pty.send("q")
        .wait("Run once")
        .send(ESC)
        .wait("Leave the wizard?")
        .send("y")
        .wait("1 export")
        .send("q")
        .ends_with(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_the_screen_has_its_calls_and_no_secret() {
    let sandbox = Sandbox::start(Options::default()).await.expect("a sandbox");
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().display().to_string();
    let mut variables = vec![("WRITEBACK_HOME", folder.as_str()), ("WRITEBACK_LOG", "debug")];
    let environment = sandbox.environment();
    variables.extend(environment.iter().map(|(name, value)| (*name, value.as_str())));
    let mut pty = Pty::writeback(100, 30, "new", &variables);
    // A token that has expired is refused, and one that has not is pasted in its place.
    pty.wait("from environment").send(" ").wait("API Token").send(TAB).paste(samples::EXPIRED);
    pty.send(CTRL_N).wait("✗").send("\x15").paste(samples::READ_WRITE).send(CTRL_N);
    pty.wait("Input DataSet ID").send("\x1bOP").wait("Log: ").send("\x1b").wait_gone("Log: ");
    describe_export(&mut pty, samples::DAILY_SALES);
    pty.send(ENTER)
        .wait("Proven")
        .send("q")
        .wait("Run once")
        .send(ESC)
        .wait("Leave the wizard?")
        .send("y")
        .wait("1 export")
        .send("q")
        .ends_with(0);
    let files: Vec<_> = std::fs::read_dir(home.path().join("logs")).expect("logs").flatten().collect();
    assert_eq!(files.len(), 1);
    let log = std::fs::read_to_string(files[0].path()).expect("the log");
    for part in ["status=401", "method=PUT", "phase=\"proof\"", "rows=240000"] {
        assert!(log.contains(part), "no {part} in\n{log}");
    }
    for secret in [samples::EXPIRED, samples::READ_WRITE, samples::CLIENT_SECRET] {
        for part in secret.as_bytes().windows(10).map(String::from_utf8_lossy) {
            assert!(!log.contains(&*part), "{part}, of a secret, is in\n{log}");
        }
    }
}

#[test]
fn a_dumb_terminal_is_asked_line_by_line_and_gets_no_escape_sequence() {
    let mut pty = Pty::writeback(80, 24, "demo", &[("TERM", "dumb")]);
    pty.wait("This terminal cannot draw a screen").wait("data.world account, a number [1, demo account]:");
    pty.send("2\r").wait("API Token, which is not shown:").wait("\n> ").send(samples::READ_WRITE).send("\r");
    pty.wait("API address")
        .send("help\r")
        .wait("private instances")
        .send("\r")
        .wait("Name of the data.world account [empty]:")
        .send("\r");
    pty.wait("Domo account, a number [1, demo account]:").send("\r").wait("Step 2 of 5: Details.");
    pty.send("845305d8-da3d-4107-a9d6-13ef3f86d4a4\r").wait("240,000 rows.");
    // A signal alone: Ctrl-C would go to the shell as well, and end it.
    pty.wait("DataSet Method").signal("-INT").wait("exit 130").wait(" echoe");
    let raw = pty.raw();
    assert!(!raw.contains('\x1b'), "{raw:?}");
    assert!(!raw.contains(&samples::READ_WRITE[..20]), "the token was shown");
}

#[test]
fn ctrl_c_at_a_secret_leaves_the_terminal_showing_what_is_typed() {
    let mut pty = Pty::writeback(80, 24, "demo --plain", &[]);
    pty.wait("data.world account, a number [1, demo account]:").send("2\r").wait("\n> ").signal("-INT");
    pty.ends_with(130);
}

#[test]
fn keys_of_ones_own_act_and_are_named() {
    let home = tempfile::tempdir().expect("a folder");
    let text = "[keys]\nform.continue = [\"ctrl-g\", \"f10\"]\nanywhere.help = [\"f12\"]\n";
    std::fs::write(home.path().join("config.toml"), text).expect("it is written");
    let folder = home.path().display().to_string();
    let nowhere = "http://127.0.0.1:9";
    let variables = [
        ("WRITEBACK_HOME", folder.as_str()),
        ("DW_AUTH_TOKEN", "t"),
        ("DOMO_CLIENT_ID", "i"),
        ("DOMO_CLIENT_SECRET", "s"),
        ("WRITEBACK_DATAWORLD_URL", nowhere),
        ("WRITEBACK_DOMO_URL", nowhere),
    ];
    let mut pty = Pty::writeback(80, 24, "new", &variables);
    pty.wait("Ctrl-G continue").wait("F12 help").send("\x1bOP").send("\x1b[24~").wait("Ctrl-G F10");
    assert!(!pty.text().contains("Ctrl-N"), "{}", pty.text());
    // Ctrl-N does nothing any more; Ctrl-G tests the credentials, which nobody answers.
    pty.send("\x1b").wait_gone("Ctrl-G F10").send(CTRL_N).send("\x07").wait("could not be reached");
    pty.send(CTRL_C).ends_with(130);
}

#[test]
fn a_removal_asks_first_and_says_what_enter_means() {
    let script = "mkdir \"$WRITEBACK_HOME/exports\"; echo x > \"$WRITEBACK_HOME/exports/x.toml\"; \
                  mkdir -p \"$HOME/.config/systemd/user\"; \
                  printf '# writeback: x\\nEnvironment=\"WRITEBACK_HOME=%s\"\\n' \"$WRITEBACK_HOME\" \
                  > \"$HOME/.config/systemd/user/writeback-x.timer\"; \
                  \"$0\" exports remove x; echo \"exit $?\"; stty -a; ls \"$WRITEBACK_HOME/exports\"; read wait";
    let mut pty = Pty::run(100, 30, "sh", &["-c", script, env!("CARGO_BIN_EXE_writeback")], &[]);
    pty.wait("Remove the export x?")
        .wait("writeback schedule x --to systemd --remove")
        .wait("[y/N] ")
        .send("\r")
        .wait("Nothing was removed.")
        .ends_with(2);
    pty.wait("x.toml");
}

#[test]
fn the_demo_keeps_no_log() {
    let home = tempfile::tempdir().expect("a folder");
    let mut pty = Pty::writeback(80, 24, "demo", &[("WRITEBACK_HOME", &home.path().display().to_string())]);
    pty.wait("demo account").send("\x1bOP").wait("Keys").send("\x1b").wait_gone("Keys").send(CTRL_C).ends_with(130);
    assert!(!pty.raw().contains("Log: "));
    assert_eq!(std::fs::read_dir(home.path()).expect("the folder").count(), 0);
}

#[test]
fn a_run_is_cancelled_and_says_what_is_there() {
    let mut pty = demo(80, 24);
    pty.send(CTRL_N);
    describe_export(&mut pty, samples::DAILY_SALES);
    pty.send(ENTER).wait("● Upload").send("c").send("y").wait("Cancelled.").wait("there is no from-the-test.csv");
    pty.send("q")
        .wait("Run once")
        .send(ESC)
        .wait("Leave the wizard?")
        .send("y")
        .wait("1 export")
        .send("q")
        .ends_with(0);
}

#[test]
fn leaving_in_the_middle_of_a_run_cancels_it() {
    let mut pty = demo(80, 24);
    pty.send(CTRL_N);
    describe_export(&mut pty, samples::DAILY_SALES);
    pty.send(ENTER).wait("● Upload").send(CTRL_C).ends_with(130);
}

#[test]
fn someone_who_looks_elsewhere_is_told_when_it_has_ended() {
    let mut pty = demo(80, 24);
    pty.send(CTRL_N);
    describe_export(&mut pty, samples::DAILY_SALES);
    pty.send(ENTER).wait("● Upload").send("\x1b[O");
    pty.wait("Proven").wait_raw("\x1b]9;acme-analytics/sales-mart/from-the-test.csv is on data.world.\x07");
    pty.send("q")
        .wait("Run once")
        .send(ESC)
        .wait("Leave the wizard?")
        .send("y")
        .wait("1 export")
        .send("q")
        .ends_with(0);
}

#[test]
fn every_size_is_taken_down_to_nothing_and_back() {
    let mut pty = demo(100, 30);
    pty.resize(20, 4).wait("Writeback").wait("columns");
    pty.resize(60, 15).wait("Esc leave").wait("step 1 of 5");
    pty.resize(1, 1);
    pty.resize(120, 40).wait("Ctrl-N continue");
    pty.send("\x1b").ends_with(0);
}

#[test]
fn what_scrolls_turns_round_at_its_end_at_once() {
    let mut pty = demo(80, 24);
    pty.send(CTRL_N);
    describe_export(&mut pty, samples::DAILY_SALES);
    pty.resize(60, 15).wait(" below");
    for _ in 0..3 {
        pty.send(PAGE_DOWN);
    }
    pty.wait_gone(" below").send(UP).wait("1 row below").send(CTRL_C).ends_with(130);
}

#[test]
fn ctrl_c_is_an_interruption() {
    demo(80, 24).send(CTRL_C).ends_with(130);
}

#[test]
fn signals_end_it_and_leave_the_terminal_as_it_was() {
    for signal in ["-TERM", "-HUP", "-INT"] {
        demo(80, 24).signal(signal).ends_with(130);
    }
}

#[test]
fn a_closed_window_ends_it() {
    // `script` is the window: it holds the other side of the program's terminal, and is killed.
    let command = format!("exec {} demo", env!("CARGO_BIN_EXE_writeback"));
    let mut window = Pty::run(80, 24, "script", &["-qec", &command, "/dev/null"], &[("SHELL", "/bin/sh")]);
    window.wait("Esc leave");
    let process = window.inner_process();
    window.kill();
    is_gone(&process);
}

/// Waits until a process is gone, or dead and not yet buried.
fn is_gone(process: &str) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while std::fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|stat| !stat.contains(") Z ")) {
        assert!(Instant::now() < deadline, "it goes on without a terminal");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_closed_terminal_that_sends_no_signal_ends_it_too() {
    // In a session of its own the program has no terminal that would send it a signal; this one it only reads and writes.
    let command = format!("setsid -w sh -c 'echo process=$$=; exec {} demo'", env!("CARGO_BIN_EXE_writeback"));
    let mut window = Pty::run(80, 24, "script", &["-qec", &command, "/dev/null"], &[("SHELL", "/bin/sh")]);
    window.wait_raw("process=").wait("Esc leave");
    let process = window.raw().split("process=").nth(1).and_then(|rest| rest.split('=').next().map(str::to_owned));
    window.kill();
    is_gone(&process.expect("its number"));
}

#[test]
fn ctrl_z_gives_the_terminal_back_until_fg() {
    let mut pty = Pty::run(80, 24, "bash", &["--norc", "--noprofile", "--noediting", "-i"], &[]);
    pty.wait("$ ").send(&format!("{} demo\r", env!("CARGO_BIN_EXE_writeback"))).wait("demo account");
    pty.send(" ").wait("API Token").send(CTRL_Z).wait("Stopped").wait_until("the shell's prompt", at_prompt);
    pty.is_restored();
    pty.send("echo between\r").wait("\nbetween");
    // Everything is drawn again, and what was entered is still there.
    pty.send("fg\r").wait("API Token").wait("1 Credentials");
    pty.wait_until("the alternate screen", vt100::Screen::alternate_screen);
    pty.send(CTRL_C).wait_until("the shell's prompt", at_prompt);
    pty.send("echo \"exit $?\"\r").wait("exit 130");
    pty.is_restored();
}

#[test]
fn one_that_is_stopped_from_elsewhere_comes_back() {
    let mut pty = Pty::run(80, 24, "bash", &["--norc", "--noprofile", "--noediting", "-i"], &[]);
    pty.wait("$ ").send(&format!("{} demo\r", env!("CARGO_BIN_EXE_writeback"))).wait("demo account");
    pty.signal("-STOP").wait("Stopped").wait("\n$ ").send("fg\r");
    // The shell has written over the screen; all of it is drawn again.
    pty.wait("1 Credentials").wait_gone("Stopped").wait("Ctrl-N continue");
    pty.send(CTRL_C).wait_until("the shell's prompt", at_prompt);
    pty.send("echo \"exit $?\"\r").wait("exit 130");
}

#[test]
fn without_colour_no_colour_is_written() {
    let has_colour = |raw: &str| raw.contains("\x1b[38;5;") || (30..=37).any(|n| raw.contains(&format!("\x1b[{n}m")));
    let mut pty = demo(80, 24);
    assert!(has_colour(&pty.raw()));
    pty.send(CTRL_C).ends_with(130);
    let mut pty = Pty::writeback(80, 24, "demo", &[("NO_COLOR", "1")]);
    pty.wait("demo account").send(CTRL_N).wait("Input DataSet ID").send(DOWN).wait("Choose a DataSet");
    // The row under the cursor is still seen.
    pty.wait("Customer Feedback").wait_until("a marked row", |screen| {
        (0..24).any(|row| {
            screen.cell(row, 2).is_some_and(vt100::Cell::bold)
                && screen.cell(row, 0).is_some_and(|cell| cell.contents() == "▌")
        })
    });
    assert!(!has_colour(&pty.raw()));
    pty.send(CTRL_C).ends_with(130);
}

#[test]
fn nothing_is_done_while_nothing_happens() {
    let mut pty = demo(80, 24);
    pty.settle();
    let process = pty.inner_process();
    // utime and stime, in hundredths of a second (proc(5)).
    let spent = || {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("it runs");
        let after_name = stat.rsplit_once(')').expect("a name").1.to_owned();
        let fields: Vec<u64> = after_name.split_whitespace().skip(11).take(2).flat_map(str::parse).collect();
        fields.iter().sum::<u64>()
    };
    let (before, written) = (spent(), pty.raw().len());
    // Longer than any of the program's clocks but the one of minutes.
    std::thread::sleep(Duration::from_secs(1));
    assert!(spent() - before <= 1, "{} ticks in a second", spent() - before);
    assert_eq!(pty.raw().len(), written, "something was drawn");
    pty.send(CTRL_C).ends_with(130);
}

#[test]
fn without_a_terminal_it_says_what_to_do() {
    let output = Command::new(env!("CARGO_BIN_EXE_writeback")).arg("demo").stdin(Stdio::null()).output().expect("runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("needs a terminal"), "{said}");
}

#[test]
fn a_panic_leaves_the_terminal_before_its_message() {
    let this = std::env::current_exe().expect("this test");
    for part in ["program::panics_on_this_thread", "program::panics_on_another_thread"] {
        let mut pty =
            Pty::run(100, 30, &this.display().to_string(), &["--ignored", "--exact", part, "--nocapture"], &[]);
        pty.wait("the screen fell over").wait("test result");
        pty.is_restored();
        // Each mode is left once, although both the hook and the guard leave them.
        assert_eq!(pty.raw().matches("\x1b[?1049l").count(), 1);
        let (left, said) = (pty.raw().find("\x1b[?1049l"), pty.raw().find("the screen fell over"));
        assert!(left < said, "the message came first, and was lost with the alternate screen");
    }
}

/// Run by the test above, in a terminal of its own.
#[test]
#[ignore = "a part of a_panic_leaves_the_terminal_before_its_message"]
fn panics_on_this_thread() {
    terminal::install_panic_hook();
    let _modes = Modes::enter().expect("a terminal");
    let mut terminal = terminal::open().expect("a terminal");
    let drawn = terminal.draw(|frame| {
        frame.render_widget("half a frame", frame.area());
        panic!("the screen fell over");
    });
    drop(drawn);
}

/// Run by the test above, in a terminal of its own.
#[test]
#[ignore = "a part of a_panic_leaves_the_terminal_before_its_message"]
fn panics_on_another_thread() {
    terminal::install_panic_hook();
    let modes = Modes::enter().expect("a terminal");
    let other = std::thread::spawn(|| panic!("the screen fell over"));
    assert!(other.join().is_err());
    assert!(!terminal::is_entered());
    drop(modes);
}

#[test]
fn a_panic_at_home_leaves_the_terminal_before_its_message() {
    let this = std::env::current_exe().expect("this test");
    for (key, ends) in [("t", "test result: FAILED"), ("o", "test result: ok")] {
        let arguments = ["--ignored", "--exact", "program::panics_at_home", "--nocapture"];
        let mut pty = Pty::run(100, 30, &this.display().to_string(), &arguments, &[]);
        pty.wait("1 Exports").wait("F1 help").send(key).wait("home fell over").wait(ends);
        pty.is_restored();
        assert_eq!(pty.raw().matches("\x1b[?1049l").count(), 1);
        let (left, said) = (pty.raw().find("\x1b[?1049l"), pty.raw().find("home fell over"));
        assert!(left < said, "the message came first, and was lost with the alternate screen");
    }
}

/// Run by the test above, in a terminal of its own: home, which panics on this thread at `t`, on another one at `o`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a part of a_panic_at_home_leaves_the_terminal_before_its_message"]
async fn panics_at_home() {
    terminal::install_panic_hook();
    let (modes, home) = (Modes::enter().expect("a terminal"), tempfile::tempdir().expect("a folder"));
    let (sender, mut events) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || while sender.send(crossterm::event::read()).is_ok() {});
    let session = Session {
        terminal: terminal::open().expect("a terminal"),
        modes: Some(modes),
        theme: Theme::color(),
        background: Background::default(),
        input: poll_fn(move |context| {
            let event = events.poll_recv(context);
            match &event {
                Poll::Ready(Some(Ok(Event::Key(key)))) if key.code == KeyCode::Char('t') => panic!("home fell over"),
                Poll::Ready(Some(Ok(Event::Key(key)))) if key.code == KeyCode::Char('o') => {
                    assert!(std::thread::spawn(|| panic!("home fell over")).join().is_err());
                }
                _ => {}
            }
            event
        }),
        effects: Effects::new(tools(home.path())),
    };
    let now = chrono::Utc::now();
    let (accounts, exports, today) = (Vec::new(), Vec::new(), now.date_naive());
    let environment = Environment::default();
    let start =
        Start { environment, accounts, exports, edit: None, drafts: Vec::new(), today, now, zone: None, demo: false };
    let shown = session.run(App::at_home(&start)).await;
    assert!(shown.is_err_and(|error| error.to_string().contains("has failed")), "it went on without a terminal");
}

#[test]
fn the_theme_follows_the_background_that_the_terminal_states() {
    let mut pty = demo(80, 24);
    pty.wait_raw("\x1b]11;?\x1b\\");
    assert!(!pty.raw().contains("38;5;4;"), "blue is for a light background");
    // Keys that are typed before and after the answer are none of it.
    pty.send(" ").wait("API Token").send(TAB).send("a\x1b]11;rgb:ffff/ffff/ffff\x1b\\b").wait("••");
    pty.wait_raw("38;5;4;").wait_gone("•••");
    let mut dark = demo(80, 24);
    dark.send("\x1b]11;rgb:1e1e/1e1e/1e1e\x07").send(" ").wait("API Token");
    assert!(!dark.raw().contains("38;5;4;") && dark.raw().contains("38;5;6;"));
    for variable in ["NO_COLOR", "TERM"] {
        let value = if variable == "TERM" { "dumb" } else { "1" };
        let mut plain = Pty::writeback(80, 24, "demo", &[(variable, value)]);
        plain.wait("data.world");
        assert!(!plain.raw().contains("\x1b]11;?"), "{variable}");
    }
}
