//! The ground of a test: a sandbox, a home folder, and the real binary with nothing else around it.

use std::io::{Read, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use writeback::testing::sandbox::{Options, Sandbox, StoredFile, samples};

pub(crate) struct Stage {
    pub(crate) sandbox: Sandbox,
    pub(crate) home: TempDir,
    environment: Vec<(&'static str, String)>,
}

/// An address at which nobody listens, while this lives: connections to it are refused.
///
/// A port that only was free a moment ago may be another test's sandbox by the time somebody connects. This one is bound,
/// so that nobody else can get it, and never listens, which systems refuse like a free one: a connection that was made to
/// a listener instead would be accepted by the system, whether or not anybody takes it.
pub(crate) struct Nobody {
    pub(crate) address: SocketAddr,
    _bound: tokio::net::TcpSocket,
}

impl Nobody {
    pub(crate) fn new() -> Self {
        // Unlike a listener of the standard library's, it does not share its address with others that are bound to it.
        let bound = tokio::net::TcpSocket::new_v4().unwrap();
        bound.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self { address: bound.local_addr().unwrap(), _bound: bound }
    }
}

/// Exit code and output of a run of the binary.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The file that most tests write, and what it holds before.
pub(crate) const FILE: &str = "daily-sales-copy.csv";
pub(crate) const OLD: &[u8] = b"date,region\n2026-01-01,North\n";

/// Takes out of the keyring what a test left there: elsewhere than on Linux it is the person's own.
#[cfg(not(target_os = "linux"))]
impl Drop for Stage {
    fn drop(&mut self) {
        let text = std::fs::read_to_string(self.home.path().join("accounts.toml")).unwrap_or_default();
        let book: toml::Table = text.parse().unwrap_or_default();
        for account in book.get("account").and_then(toml::Value::as_array).into_iter().flatten() {
            let [service, name] = ["service", "name"].map(|key| account.get(key).and_then(toml::Value::as_str));
            let (Some(service), Some(name)) = (service, name) else { continue };
            let _ = self.command(&["accounts", "remove", service, name, "--yes"]).status();
        }
    }
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(Options { processing: std::time::Duration::from_millis(50), ..Options::default() }).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let sandbox = Sandbox::start(options).await.unwrap();
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(home.path().join("spool")).unwrap();
        let environment = sandbox.environment();
        let stage = Self { sandbox, home, environment };
        stage.config("stall_seconds = 1\nanswer_seconds = 2\nprocessing_seconds = 5\nattempts = 3");
        stage
    }

    /// Writes `config.toml` with these limits.
    pub(crate) fn config(&self, limits: &str) {
        let spool = self.spool().display().to_string();
        let text = format!("[limits]\n{limits}\n\n[spool]\nfolder = {spool:?}\n");
        std::fs::write(self.home.path().join("config.toml"), text).unwrap();
    }

    /// Sets, or with an empty value removes, a variable of the binary's environment.
    pub(crate) fn set(&mut self, name: &'static str, value: &str) {
        self.environment.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            self.environment.push((name, value.to_owned()));
        }
    }

    pub(crate) fn spool(&self) -> PathBuf {
        self.home.path().join("spool")
    }

    /// Puts a file of that name where the tests write.
    pub(crate) fn old_file(&self, name: &str, bytes: impl AsRef<[u8]>) {
        self.sandbox.put_file(samples::ORGANIZATION, samples::SALES_MART, name, bytes);
    }

    pub(crate) fn file(&self, name: &str) -> Option<StoredFile> {
        self.sandbox.file(samples::ORGANIZATION, samples::SALES_MART, name)
    }

    /// Writes a definition and gives its path.
    pub(crate) fn definition(&self, data_set: &str, more: &str) -> String {
        let (owner, id) = (samples::ORGANIZATION, samples::SALES_MART);
        let file = FILE.trim_end_matches(".csv");
        let text = format!(
            "name = \"A test\"\n[input]\ndataset = \"{data_set}\"\nowner_confirmed = true\n\
             [output]\ndataset = \"{owner}/{id}\"\nfile = \"{file}\"\n{more}"
        );
        let path = self.home.path().join("test.toml");
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// The binary with these arguments, in an environment of the stage's own.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        self.wrapped(Path::new(env!("CARGO_BIN_EXE_writeback")), args)
    }

    /// As [`Stage::command`], for a program that starts the binary in its turn.
    pub(crate) fn wrapped(&self, program: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(args)
            .env_clear()
            .envs(crate::clock::variables())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("WRITEBACK_HOME", self.home.path())
            .env("HOME", self.home.path())
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) async fn run(&self, args: &[&str]) -> Ran {
        ended(self.command(args).spawn().unwrap()).await
    }

    /// The same, with something to read on standard input.
    pub(crate) async fn run_with(&self, args: &[&str], input: &str) -> Ran {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        ended(child).await
    }

    /// The spool's folder is empty, as it must be after every run.
    pub(crate) fn spool_is_empty(&self) -> bool {
        std::fs::read_dir(self.spool()).unwrap().next().is_none()
    }

    /// Waits for a request of that method whose path has that part; fails when none comes within a minute.
    pub(crate) async fn until_request(&self, method: &str, part: &str) {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while !self.sandbox.requests().iter().any(|request| request.method == method && request.path.contains(part)) {
            assert!(std::time::Instant::now() < deadline, "no {method} of {part} came");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// Counts requests of that method whose paths begin so.
    pub(crate) fn requests(&self, method: &str, prefix: &str) -> usize {
        let requests = self.sandbox.requests();
        requests.iter().filter(|request| request.method == method && request.path.starts_with(prefix)).count()
    }
}

/// Waits for a child without keeping the sandbox from answering it.
pub(crate) async fn ended(mut child: Child) -> Ran {
    tokio::task::spawn_blocking(move || {
        let mut err_pipe = child.stderr.take().unwrap();
        let err = std::thread::spawn(move || text(&mut err_pipe));
        let out = text(&mut child.stdout.take().unwrap());
        let code = child.wait().unwrap().code();
        Ran { code, out, err: err.join().unwrap() }
    })
    .await
    .unwrap()
}

fn text(pipe: &mut impl Read) -> String {
    let mut text = String::new();
    pipe.read_to_string(&mut text).unwrap();
    text
}
