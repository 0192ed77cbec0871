//! A test of credentials in the real program: its steps over the tabs of home, and `check` in a terminal.

use std::io::Read as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::pty::{CTRL_N, ENTER, ESC, Pty};
use crate::stage::Stage;
use writeback::testing::accounts::{Account, Book};
use writeback::testing::export::Service;
use writeback::testing::sandbox::{Options, samples};

/// A stage with one data.world account, whose token is in a file as systemd gives it, and one export.
struct Ground {
    stage: Stage,
    credentials: tempfile::TempDir,
}

impl Ground {
    async fn new() -> Self {
        let stage = Stage::with(Options { processing: Duration::ZERO, ..Options::default() }).await;
        // Stalls last until the person stops them.
        stage.config("answer_seconds = 300\nstall_seconds = 300");
        let ground = Self { stage, credentials: tempfile::tempdir().unwrap() };
        ground.token(samples::READ_WRITE);
        ground.keep(None).await;
        ground
    }

    /// Keeps the account, with an address of its own if it has one.
    async fn keep(&self, address: Option<String>) {
        let account = Account { address, ..Account::new(Service::DataWorld, "analyst") };
        self.book().put(account).await.unwrap();
    }

    fn token(&self, token: &str) {
        std::fs::write(self.credentials.path().join("analyst"), token).unwrap();
    }

    fn book(&self) -> Book {
        Book::load(&self.stage.home.path().join("accounts.toml")).unwrap()
    }

    fn account(&self) -> Account {
        self.book().get(Service::DataWorld, "analyst").unwrap().clone()
    }

    fn save_export(&self) {
        let definition: PathBuf = self.stage.definition(samples::DAILY_SALES, "").into();
        let folder = self.stage.home.path().join("exports");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::rename(definition, folder.join("a-test.toml")).unwrap();
    }

    fn open(&self, columns: u16, rows: u16, arguments: &str, more: &[(&str, &str)]) -> Pty {
        let mut variables = self.stage.sandbox.environment();
        variables.push(("WRITEBACK_HOME", self.stage.home.path().display().to_string()));
        variables.push(("CREDENTIALS_DIRECTORY", self.credentials.path().display().to_string()));
        let mut variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        variables.extend(more);
        Pty::writeback(columns, rows, arguments, &variables)
    }
}

/// A service that never answers. It tells of each connection that has asked for something and was closed.
fn silent() -> (String, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, closed) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, sender) = (stream.unwrap(), sender.clone());
            std::thread::spawn(move || {
                let mut asked = Vec::new();
                let ended = stream.read_to_end(&mut asked);
                if !asked.is_empty() && ended.is_ok() {
                    let _ = sender.send(());
                }
            });
        }
    });
    (address, closed)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_tested_step_by_step_and_whether_it_is_valid_is_kept() {
    let ground = Ground::new().await;
    tokio::task::block_in_place(|| {
        let mut pty = ground.open(80, 24, "", &[]);
        pty.wait("1 Exports").send("3").wait("○ not tested yet").send("t").wait("✓ no problems");
        pty.wait("✓ API token      done     analyst (Ana Lyst)");
        pty.send("y").wait("Sent to the terminal").wait_raw("\x1b]52;c;V3JpdGViYWNr").send(ENTER).wait("✓ just now");
        let valid = ground.account();
        assert_eq!((valid.user.as_deref(), valid.refused), (Some("analyst"), None));

        ground.token("a-token-that-is-wrong");
        pty.send("t").wait("✗ 1 step failed").wait("Copy the token again in data.world");
        pty.send(ESC).wait("✗ not valid just now");
        let refused = ground.account();
        assert!(refused.refused.is_some());
        assert_eq!((refused.tested, refused.user), (valid.tested, valid.user));

        ground.token(samples::READ_WRITE);
        pty.send("t").wait("✓ no problems").send(ESC).wait("✓ just now").send("q").ends_with(0);
        assert!(!pty.raw().contains("a-token-that"), "no secret is shown");
    });
    assert_eq!(ground.account().refused, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wizard_tests_an_account_too() {
    let ground = Ground::new().await;
    tokio::task::block_in_place(|| {
        let mut pty = ground.open(80, 24, "new", &[]);
        pty.wait("Credentials").wait("(•) analyst").send(CTRL_N).wait("Input DataSet ID");
        pty.send(ESC).ends_with(0);
    });
    assert_eq!(ground.account().user.as_deref(), Some("analyst"));
    assert!(ground.account().tested.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_is_stopped_closes_its_connection_and_says_nothing_of_the_account() {
    let ground = Ground::new().await;
    let (address, closed) = silent();
    ground.keep(Some(address)).await;
    let before = ground.account();
    tokio::task::block_in_place(|| {
        let mut pty = ground.open(80, 24, "", &[]);
        pty.wait("1 Exports").send("3").wait("○ not tested yet").send("t");
        pty.wait("● Service        running").wait("● testing, 5 of 10 steps");
        assert!(closed.try_recv().is_err(), "it waits for an answer");
        pty.send(ESC).wait("○ not tested yet");
        closed.recv_timeout(Duration::from_secs(30)).unwrap();
        pty.send("q").ends_with(0);
    });
    assert_eq!(ground.account(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_checked_from_its_tab() {
    let ground = Ground::new().await;
    ground.save_export();
    tokio::task::block_in_place(|| {
        let mut pty = ground.open(100, 40, "", &[]);
        pty.wait("A test").send("t").wait("✓ no problems").wait("✓ Owner rule").wait("is new");
        pty.send(ESC).wait("○ not run yet").send("q").ends_with(0);
    });
    assert_eq!(ground.stage.requests("PUT", "/"), 0, "nothing is changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_breaks_its_lines_between_words_where_the_terminal_ends() {
    let ground = Ground::new().await;
    ground.token("a-token-that-is-wrong");
    tokio::task::block_in_place(|| {
        for (columns, expected) in [
            (
                80,
                "      data.world does not accept the API token (401). data.world says: Invalid\n\
                 \x20     or expired authentication token.\n",
            ),
            (
                60,
                "      data.world does not accept the API token (401).\n\
                 \x20     data.world says: Invalid or expired authentication\n\
                 \x20     token.\n",
            ),
        ] {
            let mut pty = ground.open(columns, 110, "check", &[]);
            pty.wait("exit 3");
            let text = pty.text();
            assert!(text.contains(expected), "{columns}:\n{text}");
            let (_, ticket) = text.split_once("\nFor a support ticket\n").unwrap();
            assert!(ticket.contains("\n              data.world does not accept"), "{text}");
            let id = |line: &str| line.starts_with("              ") && line.matches('-').count() == 4;
            assert!(ticket.lines().any(id), "the id is whole: {text}");
            assert!(pty.raw().contains("\x1b[31m✗\x1b[0m"), "{}", pty.raw());
        }
        let mut pty = ground.open(80, 110, "check", &[("NO_COLOR", "1")]);
        assert!(!pty.wait("exit 3").raw().contains('\x1b'));
        // Piped output is pasted elsewhere, so sentences are not wrapped.
        let mut pty = ground.open(80, 110, "check | cat", &[]);
        pty.wait("For a support ticket").wait("1 step failed");
        pty.wait("exit 0");
        let whole = "      data.world does not accept the API token (401). data.world says: Invalid or expired authentication token.\r\n";
        assert!(pty.raw().contains(whole), "{}", pty.raw());
        assert!(!pty.raw().contains('\x1b'));
    });
}

/// A program that puts a text where it can be pasted from: what says that it is of use, its arguments, and what is said then.
type Clipboard = (&'static str, (&'static str, &'static str), &'static str, &'static str);

const CLIPBOARDS: [Clipboard; 6] = [
    // It is on every Mac, and on no other computer.
    ("pbcopy", ("TERM_PROGRAM", "Apple_Terminal"), "", "Copied."),
    ("clip.exe", ("WSL_DISTRO_NAME", "Debian"), "", "Copied."),
    ("wl-copy", ("WAYLAND_DISPLAY", "wayland-0"), "", "Copied."),
    ("xclip", ("DISPLAY", ":0"), "-selection clipboard", "Copied."),
    ("xsel", ("DISPLAY", ":0"), "--clipboard --input", "Copied."),
    // Stands for tmux 3.2 or newer.
    ("tmux", ("TMUX", "/tmp/tmux-0/default,1,0"), "load-buffer -w -", "Copied to tmux."),
];

/// A folder in which of all these programs only one works, as `does` says with the text that it reads, and the `PATH` on
/// which it comes first.
fn stand_in(working: &str, does: &str) -> (tempfile::TempDir, String) {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    for (name, ..) in CLIPBOARDS {
        let program = folder.path().join(name);
        let does = if name == working { does } else { "exit 1" };
        std::fs::write(&program, format!("#!/bin/sh\n{does}\n")).unwrap();
        std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    }
    let paths = std::env::var("PATH").unwrap_or_default();
    let paths = format!("{}:{paths}", folder.path().display());
    (folder, paths)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_copied_goes_to_the_clipboard_of_the_platform_and_not_through_arguments() {
    let ground = Ground::new().await;
    tokio::task::block_in_place(|| {
        let here = CLIPBOARDS.iter().filter(|(program, ..)| *program != "pbcopy" || cfg!(target_os = "macos"));
        for (program, variable, arguments, said) in here {
            let does = "cat > \"${0%/*}/text\"; echo \"$*\" > \"${0%/*}/arguments\"";
            let (folder, paths) = stand_in(program, does);
            let mut pty = ground.open(80, 24, "", &[("PATH", &paths), *variable]);
            pty.wait("1 Exports").send("3").wait("○ not tested yet").send("t").wait("✓ no problems");
            pty.send("y").wait(said);
            let text = std::fs::read(folder.path().join("text")).unwrap();
            let text = if *program == "clip.exe" { utf16(&text) } else { String::from_utf8(text).unwrap() };
            assert!(text.starts_with("Writeback ") && text.lines().count() > 3, "{program}: {text}");
            let given = std::fs::read_to_string(folder.path().join("arguments")).unwrap();
            assert_eq!(given.trim_end(), *arguments, "{program}");
            assert!(!pty.raw().contains("\x1b]52;"), "{program}: the terminal got it too");
        }
    });
}

/// Little-endian text with a byte order mark.
fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    String::from_utf16(&units).unwrap().strip_prefix('\u{feff}').unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_program_takes_it_the_terminal_gets_it() {
    let ground = Ground::new().await;
    tokio::task::block_in_place(|| {
        let (_folder, paths) = stand_in("none", "");
        let mut variables = vec![("PATH", paths.as_str())];
        variables.extend(CLIPBOARDS.map(|(_, variable, ..)| variable));
        let mut pty = ground.open(80, 24, "", &variables);
        pty.wait("1 Exports").send("3").wait("○ not tested yet").send("t").wait("✓ no problems");
        pty.send("y").wait("Sent to the terminal").wait_raw("\x1b]52;c;V3JpdGViYWNr");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clipboard_that_hangs_keeps_nobody_waiting() {
    let ground = Ground::new().await;
    tokio::task::block_in_place(|| {
        let (_folder, paths) = stand_in("wl-copy", "exec sleep 600");
        let mut pty = ground.open(80, 24, "", &[("PATH", &paths), ("WAYLAND_DISPLAY", "wayland-0")]);
        pty.wait("1 Exports").send("3").wait("○ not tested yet").send("t").wait("✓ no problems");
        // Meanwhile keys are obeyed.
        pty.send("y").send("?").wait("  Keys");
        pty.wait("Sent to the terminal").wait_raw("\x1b]52;c;V3JpdGViYWNr");
    });
}
