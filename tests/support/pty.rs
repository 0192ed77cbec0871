//! A program in a pseudo-terminal: keys go in, the screen comes out.
//!
//! Nothing here sleeps to let time pass: each step waits until the screen shows what it should, and fails with the screen
//! when that takes too long.

use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Keys, as terminals send them.
pub(crate) const CTRL_C: &str = "\x03";
pub(crate) const CTRL_N: &str = "\x0e";
pub(crate) const CTRL_T: &str = "\x14";
pub(crate) const CTRL_U: &str = "\x15";
pub(crate) const CTRL_Z: &str = "\x1a";
pub(crate) const DOWN: &str = "\x1b[B";
pub(crate) const ENTER: &str = "\r";
pub(crate) const ESC: &str = "\x1b";
pub(crate) const PAGE_DOWN: &str = "\x1b[6~";
pub(crate) const TAB: &str = "\t";
pub(crate) const UP: &str = "\x1b[A";

/// The limit of a step, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The program's output so far.
struct Output {
    screen: vt100::Parser,
    raw: Vec<u8>,
}

pub(crate) struct Pty {
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    output: Arc<(Mutex<Output>, Condvar)>,
    /// Home and configuration folder of the program.
    _home: tempfile::TempDir,
}

impl Pty {
    /// Runs a program on a screen of that size, in an empty home and without this process's environment.
    pub(crate) fn run(columns: u16, rows: u16, program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        for (name, value) in crate::clock::variables() {
            command.env(name, value);
        }
        command.env("PATH", std::env::var("PATH").unwrap_or_default());
        command.env("HOME", home.path());
        command.env("WRITEBACK_HOME", home.path());
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("PS1", "$ ");
        for (name, value) in variables {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let output =
            Output { screen: vt100::Parser::new(at_least_one(rows), at_least_one(columns), 0), raw: Vec::new() };
        let output = Arc::new((Mutex::new(output), Condvar::new()));
        let mut reader = pair.master.try_clone_reader().expect("its output");
        let shared = Arc::clone(&output);
        std::thread::spawn(move || {
            let mut bytes = [0; 8192];
            // An error is how Linux says that the program has closed the terminal.
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                let mut output = shared.0.lock().expect("no test has panicked with it");
                output.screen.process(&bytes[..count]);
                output.raw.extend_from_slice(&bytes[..count]);
                shared.1.notify_all();
            }
        });
        let keys = pair.master.take_writer().expect("its input");
        Self { master: pair.master, keys, child, output, _home: home }
    }

    /// `writeback` with these arguments, then its exit code and the modes of the terminal, in a shell. Ctrl-C is for the
    /// program alone.
    pub(crate) fn writeback(columns: u16, rows: u16, arguments: &str, variables: &[(&str, &str)]) -> Self {
        let script = format!("trap : INT; \"$0\" {arguments}; echo \"exit $?\"; stty -a; read wait");
        Self::run(columns, rows, "sh", &["-c", &script, env!("CARGO_BIN_EXE_writeback")], variables)
    }

    /// `writeback` with one saved export, which is why it opens at home, then its exit code and the modes of the terminal.
    pub(crate) fn at_home(columns: u16, rows: u16, variables: &[(&str, &str)]) -> Self {
        let script = "mkdir \"$WRITEBACK_HOME/exports\"; echo x > \"$WRITEBACK_HOME/exports/x.toml\"; \
                      cd \"$WRITEBACK_HOME\"; \"$0\"; echo \"exit $?\"; stty -a; read wait";
        Self::run(columns, rows, "sh", &["-c", script, env!("CARGO_BIN_EXE_writeback")], variables)
    }

    pub(crate) fn send(&mut self, keys: &str) -> &mut Self {
        self.keys.write_all(keys.as_bytes()).expect("the terminal takes keys");
        self.keys.flush().expect("the terminal takes keys");
        self
    }

    /// Pastes, as a terminal does that was asked to say so.
    pub(crate) fn paste(&mut self, text: &str) -> &mut Self {
        self.send(&format!("\x1b[200~{text}\x1b[201~"))
    }

    pub(crate) fn wait(&mut self, text: &str) -> &mut Self {
        self.wait_until(text, |screen| screen.contents().contains(text))
    }

    pub(crate) fn wait_gone(&mut self, text: &str) -> &mut Self {
        self.wait_until(text, |screen| !screen.contents().contains(text))
    }

    /// Waits until the screen is as it should be.
    pub(crate) fn wait_until(&mut self, what: &str, is_so: impl Fn(&vt100::Screen) -> bool) -> &mut Self {
        let deadline = Instant::now() + PATIENCE;
        let (lock, changed) = &*self.output;
        let mut output = lock.lock().expect("no test has panicked with it");
        while !is_so(output.screen.screen()) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited for {what:?} on\n{}", output.screen.screen().contents());
            output = changed.wait_timeout(output, left).expect("no test has panicked with it").0;
        }
        drop(output);
        self
    }

    pub(crate) fn wait_raw(&mut self, bytes: &str) -> &mut Self {
        let deadline = Instant::now() + PATIENCE;
        while !self.raw().contains(bytes) {
            assert!(Instant::now() < deadline, "waited for {bytes:?} on\n{}", self.text());
            let (lock, changed) = &*self.output;
            let output = lock.lock().expect("no test has panicked with it");
            drop(changed.wait_timeout(output, Duration::from_millis(50)));
        }
        self
    }

    pub(crate) fn text(&self) -> String {
        self.output.0.lock().expect("no test has panicked with it").screen.screen().contents()
    }

    pub(crate) fn raw(&self) -> String {
        String::from_utf8_lossy(&self.output.0.lock().expect("no test has panicked with it").raw).into_owned()
    }

    pub(crate) fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let (more_rows, more_columns) = (at_least_one(rows), at_least_one(columns));
        let mut output = self.output.0.lock().expect("no test has panicked with it");
        output.screen.screen_mut().set_size(more_rows, more_columns);
        drop(output);
        self.master.resize(size).expect("the terminal has another size");
        self
    }

    /// The process that runs in the shell, as Linux tells.
    pub(crate) fn inner_process(&self) -> String {
        let shell = self.child.process_id().expect("the shell runs");
        let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).expect("its children");
        children.split_whitespace().next().expect("one child").to_owned()
    }

    /// Sends a signal, such as `-TERM`, to the process that runs in the shell.
    pub(crate) fn signal(&mut self, signal: &str) -> &mut Self {
        let status = std::process::Command::new("kill").args([signal, &self.inner_process()]).status();
        assert!(status.is_ok_and(|status| status.success()));
        self
    }

    pub(crate) fn kill(&mut self) {
        let process = self.child.process_id().expect("it runs").to_string();
        let status = std::process::Command::new("kill").args(["-KILL", &process]).status();
        assert!(status.is_ok_and(|status| status.success()));
    }

    /// Waits for the exit code, and looks whether the terminal is as it was.
    pub(crate) fn ends_with(&mut self, code: u8) {
        self.wait(&format!("exit {code}")).wait(" echoe");
        self.is_restored();
        let text = self.text();
        for mode in ["icanon", "echo", "isig", "opost"] {
            assert!(text.split_whitespace().any(|word| word == mode), "{mode} is not as it was:\n{text}");
        }
    }

    /// Waits until the program has written nothing for a while.
    pub(crate) fn settle(&mut self) -> &mut Self {
        let (lock, changed) = &*self.output;
        let mut output = lock.lock().expect("no test has panicked with it");
        loop {
            let (next, timeout) =
                changed.wait_timeout(output, Duration::from_millis(300)).expect("no test has panicked with it");
            if timeout.timed_out() {
                break;
            }
            output = next;
        }
        self
    }

    /// Looks whether every mode that the screen needs is left.
    pub(crate) fn is_restored(&self) {
        let output = self.output.0.lock().expect("no test has panicked with it");
        let screen = output.screen.screen();
        let text = screen.contents();
        assert!(!screen.alternate_screen(), "still on the alternate screen:\n{text}");
        assert!(!screen.bracketed_paste(), "pasted text is still marked:\n{text}");
        assert!(!screen.hide_cursor(), "the cursor is still hidden:\n{text}");
        assert!(!text.contains('\u{1b}') && !text.contains("[?"), "escape sequences are left:\n{text}");
        let raw = String::from_utf8_lossy(&output.raw);
        // vt100 does not tell of these.
        for mode in ["?1000", "?1004", "?1006", "?2026"] {
            let (on, off) = (raw.rfind(&format!("{mode}h")), raw.rfind(&format!("{mode}l")));
            assert!(on <= off, "{mode} was not reset");
        }
    }
}

/// The shell waits for a command; before that it would not get the keys.
pub(crate) fn at_prompt(screen: &vt100::Screen) -> bool {
    !screen.alternate_screen() && screen.contents().trim_end().ends_with('$')
}

fn at_least_one(number: u16) -> NonZero<u16> {
    NonZero::new(number).unwrap_or(NonZero::<u16>::MIN)
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
