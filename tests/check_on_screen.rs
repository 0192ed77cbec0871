//! A test of credentials in the real program: its steps over the tabs of home, and `check` in a terminal.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot set its stage has failed"
)]
#![cfg(target_os = "linux")]

#[path = "support/stage.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod stage;
#[path = "support/terminal.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod terminal;

use std::io::Read as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use stage::Stage;
use terminal::Pty;
use writeback::accounts::{Account, Book};
use writeback::sandbox::{Options, samples};
use writeback::service::Service;

const ENTER: &str = "\r";
const ESC: &str = "\x1b";

/// A stage with one data.world account, whose token is in a file as systemd gives it, and one export.
struct Ground {
    stage: Stage,
    credentials: tempfile::TempDir,
}

impl Ground {
    async fn new() -> Self {
        let stage = Stage::with(Options { processing: Duration::ZERO, ..Options::default() }).await;
        // What stalls does so until the person stops it.
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

    /// The account, as it is kept.
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
        // Who pastes what was piped wants whole sentences.
        let mut pty = ground.open(80, 110, "check | cat", &[]);
        pty.wait("For a support ticket");
        pty.wait("exit 0");
        let whole = "      data.world does not accept the API token (401). data.world says: Invalid or expired authentication token.\r\n";
        assert!(pty.raw().contains(whole), "{}", pty.raw());
        assert!(!pty.raw().contains('\x1b'));
    });
}

/// A folder with a program of that name, which does this with the text that it reads, and the `PATH` on which it comes first.
fn stand_in(name: &str, does: &str) -> (tempfile::TempDir, String) {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join(name);
    std::fs::write(&program, format!("#!/bin/sh\n{does}\n")).unwrap();
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    let paths = std::env::var("PATH").unwrap_or_default();
    let paths = format!("{}:{paths}", folder.path().display());
    (folder, paths)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_copied_goes_to_the_clipboard_of_the_platform_and_not_through_arguments() {
    let ground = Ground::new().await;
    tokio::task::block_in_place(|| {
        let (folder, paths) = stand_in("wl-copy", "cat > \"${0%/*}/text\"; echo \"$# $*\" > \"${0%/*}/arguments\"");
        let mut pty = ground.open(80, 24, "", &[("PATH", &paths), ("WAYLAND_DISPLAY", "wayland-0")]);
        pty.wait("1 Exports").send("3").wait("○ not tested yet").send("t").wait("✓ no problems");
        pty.send("y").wait("Copied.");
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(read("text").starts_with("Writeback ") && read("text").lines().count() > 3, "{}", read("text"));
        assert_eq!(read("arguments"), "0 \n");
        assert!(!pty.raw().contains("\x1b]52;"), "the terminal got it too");
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

#[tokio::test(flavor = "multi_thread")]
async fn within_tmux_it_goes_to_tmux() {
    // Stands for tmux 3.2 or newer, whatever is installed.
    let ground = Ground::new().await;
    tokio::task::block_in_place(|| {
        let (folder, paths) = stand_in("tmux", "test \"$*\" = 'load-buffer -w -' && cat > \"${0%/*}/text\"");
        let mut pty = ground.open(80, 24, "", &[("PATH", &paths), ("TMUX", "/tmp/tmux-0/default,1,0")]);
        pty.wait("1 Exports").send("3").wait("○ not tested yet").send("t").wait("✓ no problems");
        pty.send("y").wait("Copied to tmux.");
        assert!(std::fs::read_to_string(folder.path().join("text")).unwrap().starts_with("Writeback "));
    });
}
