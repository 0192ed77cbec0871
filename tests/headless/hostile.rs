//! A service that means harm: no escape sequence reaches the terminal, no token reaches another host, memory stays
//! bounded, and everything ends.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream;

mod answers;
mod lists;
mod names;
mod tokens;

use crate::stage::{Ran, ended};

const TOKEN: &str = "eyJ.token.secret";
const CLIENT_SECRET: &str = "domo-secret";

/// Sequences that terminals obey: they clear the screen, set the title, write the clipboard, turn text.
const EVIL: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{1b}]52;c;aGk=\u{7}\u{9b}31m\u{202e}";
/// No answer may make the program need more, in KiB. The program itself and its TLS take about a third.
const MOST_MEMORY: u64 = 200 << 10;

/// Answers by the path and the query.
type Answers = fn(&str, &str) -> Response;

/// Every request that came: its path, and its `Authorization`.
type Seen = Arc<Mutex<Vec<(String, Option<String>)>>>;

struct Hostile {
    url: String,
    seen: Seen,
    home: tempfile::TempDir,
    /// Its credential for data.world.
    token: &'static str,
}

impl Hostile {
    async fn new(answers: Answers) -> Self {
        let (url, seen) = serve(answers).await;
        Self { url, seen, home: tempfile::tempdir().unwrap(), token: TOKEN }
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("WRITEBACK_DATAWORLD_URL", self.url.clone()),
            ("WRITEBACK_DOMO_URL", self.url.clone()),
            ("DW_AUTH_TOKEN", self.token.to_owned()),
            ("DOMO_CLIENT_ID", "id".to_owned()),
            ("DOMO_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
        ]
    }

    /// Runs the binary to its end, and measures the most memory that it had, in KiB.
    async fn run(&self, args: &[&str]) -> (Ran, u64) {
        std::fs::write(self.home.path().join("config.toml"), "[limits]\nstall_seconds = 2\nattempts = 1\n").unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_writeback"));
        command
            .args(args)
            .env_clear()
            .envs(crate::clock::variables())
            .env("WRITEBACK_HOME", self.home.path())
            .env("HOME", self.home.path());
        command.envs(self.variables()).current_dir(self.home.path()).stdin(std::process::Stdio::null());
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let child = command.spawn().unwrap();
        let process = child.id();
        let peak = tokio::task::spawn_blocking(move || peak(process));
        (ended(child).await, peak.await.unwrap())
    }

    /// Runs the binary, and looks at what has to hold whatever the service does.
    async fn survives(&self, args: &[&str]) -> Ran {
        let (mut ran, mut peak) = self.run(args).await;
        // A process that ended before it was looked at has not been measured.
        while peak == 0 && cfg!(target_os = "linux") {
            (ran, peak) = self.run(args).await;
        }
        assert!(matches!(ran.code, Some(0..=3)), "{args:?}: {:?}", ran.code);
        for text in [&ran.out, &ran.err] {
            let start: String = text.chars().take(2_000).collect();
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{args:?}: {start:?}");
            let told = [TOKEN, CLIENT_SECRET].into_iter().any(|secret| text.contains(secret));
            assert!(!text.contains('\u{202e}') && !told, "{args:?}: {start:?}");
            assert!(text.len() < 2 << 20, "{args:?}: {} bytes are said", text.len());
        }
        assert!(peak < MOST_MEMORY, "{args:?}: {peak} KiB");
        ran
    }

    fn definition(&self) -> String {
        let path = self.home.path().join("x.toml");
        let text = "name = \"x\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\nowner_confirmed = true\n\
                    [output]\ndataset = \"acme/sales\"\nfile = \"x\"\n";
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn folder(&self) -> Vec<PathBuf> {
        let all = std::fs::read_dir(self.home.path()).unwrap().map(|entry| entry.unwrap().path());
        all.filter(|path| !["config.toml", "logs", "x.toml"].iter().any(|known| path.ends_with(known))).collect()
    }
}

/// The most memory that a process had, in KiB, as Linux tells while it lives; elsewhere nothing is told.
fn peak(process: u32) -> u64 {
    let mut most = 0;
    while let Some(now) = most_memory(process) {
        most = now;
        std::thread::sleep(Duration::from_millis(5));
    }
    most
}

fn most_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    // A process that has ended and is not yet buried has no such line.
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

async fn serve(answers: Answers) -> (String, Seen) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Seen::default();
    let router = Router::new().fallback(answer).with_state((answers, seen.clone()));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, seen)
}

async fn answer(State((answers, seen)): State<(Answers, Seen)>, request: Request) -> Response {
    let (path, query) = (request.uri().path().to_owned(), request.uri().query().unwrap_or_default().to_owned());
    let token = request.headers().get(header::AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
    seen.lock().unwrap().push((path.clone(), token));
    answers(&path, &query)
}

fn json(text: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text.into()).into_response()
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn endless(piece: &'static [u8]) -> Body {
    Body::from_stream(stream::repeat_with(move || Ok::<_, std::io::Error>(Bytes::from_static(piece))))
}

const ALL: [&[&str]; 7] = [
    &["ls"],
    &["ls", "--liked"],
    &["ls", "acme/sales"],
    &["get", "acme/sales", "x.csv"],
    &["ls", "acme"],
    &["ls", "acme", "--json"],
    &["ls", "acme/sales", "--json"],
];
