//! A service that means harm: no escape sequence reaches the terminal, no token reaches another host, memory stays
//! bounded, and everything ends.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot set its stage has failed"
)]
#![cfg(unix)]

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

#[allow(dead_code, reason = "other tests use the rest")]
#[path = "support/stage.rs"]
mod stage;
#[allow(dead_code, reason = "the same")]
#[path = "support/terminal.rs"]
mod terminal;

use stage::{Ran, ended};

const TOKEN: &str = "eyJ.token.secret";
const CLIENT_SECRET: &str = "domo-secret";

/// What reaches a terminal and is obeyed there: it clears the screen, sets the title, writes the clipboard, turns text.
const EVIL: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{1b}]52;c;aGk=\u{7}\u{9b}31m\u{202e}";
/// No answer may make the program need more, in KiB. The program itself and its TLS take about a third.
const MOST_MEMORY: u64 = 200 << 10;

/// How the service answers: by the path and the query.
type Answers = fn(&str, &str) -> Response;

/// Every request that came: its path, and its `Authorization`.
type Seen = Arc<Mutex<Vec<(String, Option<String>)>>>;

struct Hostile {
    url: String,
    seen: Seen,
    home: tempfile::TempDir,
}

impl Hostile {
    async fn new(answers: Answers) -> Self {
        let (url, seen) = serve(answers).await;
        Self { url, seen, home: tempfile::tempdir().unwrap() }
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("WRITEBACK_DATAWORLD_URL", self.url.clone()),
            ("WRITEBACK_DOMO_URL", self.url.clone()),
            ("DW_AUTH_TOKEN", TOKEN.to_owned()),
            ("DOMO_CLIENT_ID", "id".to_owned()),
            ("DOMO_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
        ]
    }

    /// Runs the binary to its end, and measures the most memory that it had, in KiB.
    async fn run(&self, args: &[&str]) -> (Ran, u64) {
        std::fs::write(self.home.path().join("config.toml"), "[limits]\nstall_seconds = 2\nattempts = 1\n").unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_writeback"));
        command.args(args).env_clear().env("WRITEBACK_HOME", self.home.path()).env("HOME", self.home.path());
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
        // One that ended before it was looked at has not been measured.
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

/// A body that never ends.
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

#[tokio::test(flavor = "multi_thread")]
async fn names_with_escape_sequences_do_nothing() {
    let hostile = Hostile::new(|path, _| {
        let evil = quoted(&format!("a{EVIL}b"));
        if path.ends_with("acme/sales") {
            let file = format!("{{\"name\":{evil},\"updatedBy\":{evil},\"source\":{{\"syncStatus\":{evil}}}}}");
            return json(format!("{{\"owner\":{evil},\"id\":{evil},\"title\":{evil},\"files\":[{file}]}}"));
        }
        let record = format!("{{\"owner\":{evil},\"id\":{evil},\"title\":{evil},\"accessLevel\":{evil}}}");
        json(format!("{{\"records\":[{record}]}}"))
    })
    .await;
    for args in ALL {
        hostile.survives(args).await;
    }
    let ran = hostile.survives(&["get", "acme/sales", &format!("a{EVIL}b")]).await;
    assert!(hostile.folder().is_empty(), "{:?}: {:?}", ran.err, hostile.folder());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_with_escape_sequences_does_nothing_in_json() {
    let hostile = Hostile::new(|_, _| (StatusCode::FORBIDDEN, quoted(EVIL)).into_response()).await;
    let home = hostile.home.path();
    let text = std::fs::read_to_string(hostile.definition()).unwrap();
    std::fs::create_dir(home.join("exports")).unwrap();
    std::fs::write(home.join("exports/x.toml"), text.replacen("\"x\"", &quoted(&format!("x{EVIL}")), 1)).unwrap();
    let account = format!("[[account]]\nname = \"a\"\nservice = \"data.world\"\nuser = {}\n", quoted(EVIL));
    std::fs::write(home.join("accounts.toml"), account).unwrap();
    hostile.survives(&["run", "x", "--json"]).await;
    for (args, has) in [
        (&["accounts", "list", "--json"][..], "\\u202e"),
        (&["exports", "list", "--json"], "\\u202e"),
        (&["history", "--json"], "\\u202e"),
        (&["schedule", "--list", "--json"], "[]"),
    ] {
        let ran = hostile.survives(args).await;
        assert!(ran.code == Some(0) && ran.out.contains(has), "{args:?}: {ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_harmless_where_it_is_shown_on_a_terminal() {
    let hostile = Hostile::new(|path, _| match path.contains("file_download") {
        true => format!("one{EVIL}\n").into_response(),
        false => json("{\"owner\":\"acme\",\"id\":\"sales\",\"files\":[{\"name\":\"x.csv\"}]}"),
    })
    .await;
    let evil = hostile.home.path().join("evil.toml");
    std::fs::write(&evil, format!("name = \"x{EVIL}\"\r\n# end\n")).unwrap();
    let evil = evil.display().to_string();
    let piped = hostile.run(&["exports", "show", &evil]).await.0;
    assert!(piped.out.contains('\u{202e}') && piped.out.ends_with("\r\n# end\n"), "a program gets it: {piped:?}");
    let variables = hostile.variables();
    tokio::task::spawn_blocking(move || {
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let run = |arguments: &str| terminal::Pty::writeback(100, 30, arguments, &variables);
        let mut pty = run(&format!("exports show {evil}"));
        pty.wait("# end").ends_with(0);
        let raw = pty.raw();
        assert!(!raw.contains("\u{1b}]0;owned") && !raw.contains('\u{9b}') && !raw.contains('\u{202e}'), "{raw:?}");
        let mut pty = run("get acme/sales x.csv -o -");
        pty.wait("The file is not printed to a terminal").wait("add --force").ends_with(2);
        assert!(!pty.raw().contains("owned"), "{:?}", pty.raw());
        run("get acme/sales x.csv -o - --force").wait_raw("\u{1b}]0;owned");
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn error_messages_with_escape_sequences_do_nothing() {
    let hostile = Hostile::new(|_, _| {
        let body = format!("{{\"message\":{0},\"details\":{0}}}", quoted(&EVIL.repeat(10_000)));
        (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "application/json")], body).into_response()
    })
    .await;
    for args in ALL {
        hostile.survives(args).await;
    }
    hostile.survives(&["run", &hostile.definition()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn titles_of_ten_megabytes_are_cut() {
    let hostile = Hostile::new(|_, _| {
        let title = quoted(&"x".repeat(10 << 20));
        json(format!("{{\"records\":[{{\"owner\":\"acme\",\"id\":\"sales\",\"title\":{title}}}]}}"))
    })
    .await;
    let ran = hostile.survives(&["ls", "acme"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_without_an_end_end() {
    let hostile = Hostile::new(|_, query| page_of_many(query, "acme", "d-")).await;
    let ran = hostile.survives(&["ls", "acme"]).await;
    assert!(ran.err.contains("its list does not end"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_lead_round_in_a_circle_are_noticed() {
    let hostile = Hostile::new(|_, query| {
        let next = if query.contains("next=a") { "b" } else { "a" };
        json(format!("{{\"records\":[{{\"owner\":\"acme\",\"id\":\"sales\"}}],\"nextPageToken\":\"{next}\"}}"))
    })
    .await;
    let ran = hostile.survives(&["ls", "acme"]).await;
    assert!(ran.err.contains("its list does not end"), "{}", ran.err);
    assert!(hostile.seen.lock().unwrap().len() < 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn organisations_without_an_end_end() {
    let hostile = Hostile::new(|path, query| match path {
        _ if path.starts_with("/v0/datasets/") => json("{}"),
        _ => many_organizations(path, query),
    })
    .await;
    let ran = hostile.survives(&["ls"]).await;
    assert!(ran.out.contains("aaa/first") && ran.err.contains("its list does not end"), "{}", ran.err);
    assert!(hostile.seen.lock().unwrap().len() < 5_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_types_are_an_answer_that_cannot_be_read() {
    let all: [Answers; 7] = [
        |_, _| json("{\"records\":7}"),
        |_, _| json("{\"records\":[{\"owner\":[],\"id\":{}}]}"),
        |_, _| json("[[[[[[[["),
        |_, _| json("[".repeat(100_000)),
        |_, _| json("null"),
        |_, _| json("{\"files\":{\"name\":1},\"owner\":1e999}"),
        |_, _| json("\"text\""),
    ];
    let each = all.map(|answers| async move {
        let hostile = Hostile::new(answers).await;
        for args in ALL {
            hostile.survives(args).await;
        }
        hostile.survives(&["run", &hostile.definition()]).await;
    });
    futures_util::future::join_all(each).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_utf_8_is_no_harm() {
    let hostile =
        Hostile::new(|_, _| json(&b"{\"records\":[{\"owner\":\"acme\",\"id\":\"\xff\xfe\x9b2J\"}]}"[..])).await;
    for args in ALL {
        hostile.survives(args).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gzip_bomb_is_not_unpacked_into_memory() {
    let hostile = Hostile::new(|_, _| {
        let headers = [(header::CONTENT_TYPE, "application/json"), (header::CONTENT_ENCODING, "gzip")];
        (headers, Body::from(bomb())).into_response()
    })
    .await;
    for args in ALL {
        let ran = hostile.survives(args).await;
        assert!(ran.code == Some(1) && ran.err.contains("larger than 32 MB"), "{args:?}: {}", ran.err);
    }
    assert!(hostile.folder().is_empty(), "{:?}", hostile.folder());
}

/// 200 MB of blanks, by the gzip of the system.
fn bomb() -> Vec<u8> {
    static BOMB: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    let make = || {
        let script = "head -c 200000000 /dev/zero | tr '\\0' ' ' | gzip -1";
        std::process::Command::new("sh").args(["-c", script]).output().unwrap().stdout
    };
    BOMB.get_or_init(make).clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_without_an_end_end() {
    let hostile = Hostile::new(|path, _| match path.contains("file_download") {
        true => endless(&[b'x'; 65_536]).into_response(),
        false if path.ends_with("acme/sales") => {
            json("{\"owner\":\"acme\",\"id\":\"sales\",\"files\":[{\"name\":\"x.csv\",\"sizeInBytes\":1000}]}")
        }
        false => json(endless(&[b' '; 65_536])),
    })
    .await;
    for args in ALL {
        let ran = hostile.survives(args).await;
        let is_one_dataset = args.starts_with(&["ls", "acme/sales"]);
        assert_eq!(ran.code, Some(if is_one_dataset { 0 } else { 1 }), "{args:?}: {}", ran.err);
        let is_list = args[0] == "ls" && !is_one_dataset;
        assert_eq!(ran.err.contains("larger than 32 MB"), is_list, "{args:?}: {}", ran.err);
    }
    assert!(hostile.folder().is_empty(), "{:?}", hostile.folder());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_follows_a_redirect() {
    // Another host, as far as an origin goes, on plain http.
    static ELSEWHERE: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let (elsewhere, seen) = serve(|_, _| json("{\"records\":[]}")).await;
    ELSEWHERE.set(elsewhere).unwrap();
    let hostile = Hostile::new(|_, _| {
        let to = format!("{}/v0/elsewhere", ELSEWHERE.get().unwrap());
        (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response()
    })
    .await;
    for args in ALL {
        let ran = hostile.survives(args).await;
        assert!(ran.err.contains("Your credentials were not sent there"), "{args:?}: {}", ran.err);
    }
    hostile.survives(&["run", &hostile.definition()]).await;
    assert!(seen.lock().unwrap().is_empty(), "{:?}", seen.lock().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_is_sent_on_once_and_without_the_token() {
    let hostile = Hostile::new(|path, _| match path {
        "/v0/datasets/acme/sales" => json("{\"owner\":\"acme\",\"id\":\"sales\",\"files\":[{\"name\":\"x.csv\"}]}"),
        _ => {
            let to = format!("/again{path}");
            (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
        }
    })
    .await;
    let ran = hostile.survives(&["get", "acme/sales", "x.csv"]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let seen = hostile.seen.lock().unwrap().clone();
    let downloads: Vec<_> = seen.iter().filter(|(path, _)| path.contains("file_download")).collect();
    assert_eq!(downloads.len(), 2, "{downloads:?}");
    assert!(downloads[0].1.is_some() && downloads[1].1.is_none(), "{downloads:?}");
    assert!(hostile.folder().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_screen_names_do_nothing_either() {
    let hostile = Hostile::new(|path, _| {
        let evil = quoted(&format!("{EVIL}zz"));
        if path.contains("file_download") {
            return format!("one{EVIL},two\ncell{EVIL},\u{1b}[2J\n").into_response();
        }
        if path.ends_with("/own") {
            let record = format!("{{\"owner\":\"acme\",\"id\":\"sales\",\"title\":{evil}}}");
            return json(format!("{{\"records\":[{record}]}}"));
        }
        if path.starts_with("/v0/datasets/acme/") {
            let file = format!("{{\"name\":{},\"updatedBy\":{evil}}}", quoted(&format!("name{EVIL}.csv")));
            return json(format!("{{\"owner\":\"acme\",\"id\":\"sales\",\"title\":{evil},\"files\":[{file}]}}"));
        }
        json(format!("{{\"id\":{evil},\"baseUrl\":{evil},\"records\":[]}}"))
    })
    .await;
    let variables = hostile.variables();
    tokio::task::spawn_blocking({
        move || {
            let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let mut pty = terminal::Pty::at_home(100, 30, &variables);
            pty.wait("1 Exports");
            pty.send("2").wait("acme/sales").send("\r").wait("name").send("\r").wait("one").wait("cell");
            let raw = pty.raw();
            assert!(!raw.contains("\u{1b}]0;owned") && !raw.contains("\u{1b}]52;c;aGk="), "{raw:?}");
            assert!(!raw.contains('\u{202e}') && !raw.contains('\u{9b}'));
            pty.send("\x1b").wait_gone("cell").send("q").ends_with(0);
        }
    })
    .await
    .unwrap();
}

/// The answer of a list whose names are `name` and a number, and whose next page is the next number.
fn page_of_many(query: &str, owner: &str, name: &str) -> Response {
    let at: u64 = query.split("next=").nth(1).and_then(|next| next.split('&').next()?.parse().ok()).unwrap_or(0);
    let record = |number: u64| format!("{{\"owner\":\"{owner}\",\"id\":{}}}", quoted(&format!("{name}{at}-{number}")));
    let records = (0..1_000).map(record).collect::<Vec<_>>().join(",");
    json(format!("{{\"records\":[{records}],\"nextPageToken\":\"{}\"}}", at + 1))
}

/// One page with one record, which stands first in every list, and nothing after it.
fn page_of_one(id: &str) -> Response {
    json(format!("{{\"records\":[{{\"owner\":\"aaa\",\"id\":\"{id}\",\"title\":\"Title\"}}]}}"))
}

/// Opens Browse on a service whose lists have no end, and looks at what has to hold there.
async fn browse(answers: Answers) {
    let hostile = Hostile::new(answers).await;
    let variables = hostile.variables();
    tokio::task::spawn_blocking(move || {
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut pty = terminal::Pty::at_home(100, 30, &variables);
        // Keys are answered while the lists come.
        pty.wait("1 Exports").send("2").wait("aaa/first").send("4").wait("Nothing has run yet.").send("2");
        pty.wait("The list is not complete.").wait("its list does not end");
        // And after that: what is there can be narrowed and opened.
        pty.send("/").send("first").wait("> first").wait("aaa/first").wait("The list is not complete.");
        pty.send("\r")
            .send("\r")
            .wait("data.world does not list the files of this dataset.")
            .send("\x1b")
            .wait("The list is not complete.");
        let memory = most_memory(pty.inner_process().parse().unwrap());
        assert!(memory.is_none_or(|peak| peak < MOST_MEMORY), "{memory:?} KiB");
        let raw = pty.raw();
        assert!(!raw.contains("\u{1b}]0;owned") && !raw.contains("\u{1b}]52;c;aGk="), "an escape sequence is obeyed");
        assert!(!raw.contains('\u{202e}') && !raw.contains('\u{9b}'), "a control character came through");
        pty.send("q").ends_with(0);
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn in_browse_lists_of_long_names_without_an_end_are_cut() {
    browse(|path, query| match path {
        "/v0/user/datasets/own" => page_of_one("first"),
        "/v0/user/organizations" => json("{\"records\":[{\"id\":\"acme\"}]}"),
        "/v0/datasets/acme" if query.contains("next=") => page_of_many(query, "acme", &"long-".repeat(190)),
        "/v0/datasets/acme" => page_of_many(query, "acme", EVIL),
        _ => json("{}"),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_browse_organisations_without_an_end_are_cut() {
    browse(many_organizations).await;
}

/// Thousands of organisations, each of which has datasets without an end.
fn many_organizations(path: &str, query: &str) -> Response {
    match path {
        "/v0/user/datasets/own" => page_of_one("first"),
        "/v0/user/organizations" if query.contains("next=15") => json("{}"),
        "/v0/user/organizations" => page_of_many(query, "acme", EVIL),
        _ if path.starts_with("/v0/datasets/") && !path.ends_with("aaa/first") => {
            page_of_many(query, path.rsplit('/').next().unwrap_or_default(), "d")
        }
        _ => json("{}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_browse_tokens_that_lead_round_in_a_circle_are_noticed() {
    browse(|path, query| match (path, query.contains("next=a")) {
        ("/v0/user/datasets/own", false) => {
            json("{\"records\":[{\"owner\":\"aaa\",\"id\":\"first\"}],\"nextPageToken\":\"a\"}")
        }
        ("/v0/user/datasets/own", true) => {
            json("{\"records\":[{\"owner\":\"acme\",\"id\":\"second\"}],\"nextPageToken\":\"a\"}")
        }
        _ => json("{}"),
    })
    .await;
}
