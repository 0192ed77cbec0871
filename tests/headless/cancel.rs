//! A run that is cancelled, or an attempt that was answered before its end, never ends its upload well afterwards,
//! whatever the network still delivers. What has arrived is not cancelled any more.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use writeback::testing::config::{Addresses, Config, Environment, Limits, Network};
use writeback::testing::export::{Append, Export, FileDescription, Keep};
use writeback::testing::history::WrittenFile;
use writeback::testing::sandbox::{Effect, Fault, Gate, Options, Route, Sandbox, samples};
use writeback::testing::services::Services;
use writeback::testing::services::domo::DomoCredential;
use writeback::testing::text::secret::Secret;
use writeback::testing::transfer::{self, Failure, Job, LeftOut, Outcome, Progress, RunNote};

use crate::way::Way;

/// A stuck request's timeout.
const FOR_EVER: Duration = Duration::from_secs(3_600);
/// The limit of a wait, after which a test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A way to the sandbox on which an upload gets stuck, until it is let go on and read to its end.
struct StickyWay {
    way: Way,
    /// An upload is stuck.
    stuck: Arc<Notify>,
    go_on: Arc<Notify>,
    /// Receives the stuck upload's bytes, once its connection has ended.
    upload: mpsc::UnboundedReceiver<Vec<u8>>,
}

impl StickyWay {
    /// A way to `sandbox`. An upload that gets stuck is answered with `early` first, if that is anything.
    async fn to(sandbox: &Sandbox, early: &'static str) -> Self {
        let (stuck, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (sender, upload) = mpsc::unbounded_channel();
        let all = (Arc::clone(&stuck), Arc::clone(&go_on), sender);
        let is_upload = |head: &str| head.starts_with("PUT ");
        let server = sandbox.dataworld_url();
        let way = Way::to(&server, is_upload, move |head, mut client| {
            let (stuck, go_on, sender) = all.clone();
            async move {
                client.write_all(early.as_bytes()).await.unwrap();
                stuck.notify_one();
                go_on.notified().await;
                let mut all = head.into_bytes();
                // A reset is an end too.
                let _ = client.read_to_end(&mut all).await;
                sender.send(all).unwrap();
            }
        });
        Self { way: way.await, stuck, go_on, upload }
    }

    /// The stuck upload's bytes: its connection is closed once it is given up.
    async fn arrived(&mut self) -> Vec<u8> {
        tokio::time::timeout(PATIENCE, self.upload.recv()).await.expect("the connection is closed").unwrap()
    }
}

fn job(domo: &str, dataworld: &str, data_set: &str) -> Job {
    job_of(domo, dataworld, data_set, Limits { attempts: 1, ..Limits::default() })
}

fn job_of(domo: &str, dataworld: &str, data_set: &str, limits: Limits) -> Job {
    let environment = Environment {
        domo_url: Some(domo.to_owned()),
        dataworld_url: Some(dataworld.to_owned()),
        ..Environment::default()
    };
    let services =
        Services::new(Addresses::new(&Config::default(), &environment).unwrap(), &limits, &Network::default()).unwrap();
    let credential =
        DomoCredential::Client { id: samples::CLIENT_ID.to_owned(), secret: Secret::new(samples::CLIENT_SECRET) };
    let text = format!(
        "name = \"x\"\n[input]\ndataset = \"{data_set}\"\nowner_confirmed = true\n\
         [output]\ndataset = \"acme-analytics/sales-mart\"\nfile = \"x\"\n"
    );
    Job {
        export: Export::parse(&text, std::path::Path::new("x.toml")).unwrap(),
        domo: services.domo(&credential, None).unwrap(),
        dataworld: services.dataworld(&Secret::new(samples::READ_WRITE), None),
        dry_run: false,
        limits,
        spool_folder: std::env::temp_dir(),
        today: chrono::NaiveDate::default(),
        past: transfer::Past::default(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_upload_never_arrives_whole() {
    // Small, or there already: proven before it is sent, with its length. Large and new: sent in chunks while it comes.
    for (rows, is_there) in [(100_000, false), (1_000_000, false), (1_000_000, true)] {
        let sandbox = Sandbox::start(Options { rows: Some(rows), ..Options::default() }).await.unwrap();
        if is_there {
            sandbox.put_file(samples::ORGANIZATION, samples::SALES_MART, "x.csv", "old");
        }
        let mut way = StickyWay::to(&sandbox, "").await;
        let cancel = CancellationToken::new();
        let running = transfer::start(job(&sandbox.domo_url(), &way.way.address, samples::BIG), cancel.clone());
        way.stuck.notified().await;
        // As much as the network takes is written by now, or will be: there is no sign of it from outside.
        cancel.cancel();
        let outcome = running.outcome.await.unwrap();
        assert!(matches!(outcome, Outcome::Cancelled { file_now: Some(_) }), "{outcome:?}");
        way.go_on.notify_one();
        let arrived = way.arrived().await;
        assert!(!is_whole(&arrived), "{rows} rows: {} bytes arrived as a whole request", arrived.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_was_refused_early_never_arrives_whole() {
    let busy = "HTTP/1.1 503 Busy\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n";
    for rows in [100_000, 1_000_000] {
        let sandbox = Sandbox::start(Options { rows: Some(rows), ..Options::default() }).await.unwrap();
        let mut way = StickyWay::to(&sandbox, busy).await;
        let running =
            transfer::start(job(&sandbox.domo_url(), &way.way.address, samples::BIG), CancellationToken::new());
        way.stuck.notified().await;
        let outcome = running.outcome.await.unwrap();
        assert!(matches!(outcome, Outcome::Failed { failure: Failure::Api(_), .. }), "{outcome:?}");
        way.go_on.notify_one();
        let arrived = way.arrived().await;
        assert!(!is_whole(&arrived), "{rows} rows: {} bytes arrived as a whole request", arrived.len());
    }
}

/// Cancels a run as soon as `is_stuck` sees that it is in a phase, in which it would wait for an hour.
async fn cancelled_in(faults: &[Fault], old: Option<&str>, is_stuck: impl Fn(&Sandbox, &Progress) -> bool) -> Sandbox {
    let options = Options { rows: Some(100_000), processing: FOR_EVER, ..Options::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    if let Some(old) = old {
        sandbox.put_file(samples::ORGANIZATION, samples::SALES_MART, "x.csv", old);
    }
    faults.iter().for_each(|fault| sandbox.fault(fault.clone()));
    let cancel = CancellationToken::new();
    let limits = Limits { attempts: 2, stall: FOR_EVER, answer: FOR_EVER, processing: FOR_EVER, ..Limits::default() };
    let job = job_of(&sandbox.domo_url(), &sandbox.dataworld_url(), samples::BIG, limits);
    let mut running = transfer::start(job, cancel.clone());
    let deadline = Instant::now() + PATIENCE;
    while !is_stuck(&sandbox, &running.progress.borrow_and_update()) {
        assert!(Instant::now() < deadline, "it does not come so far: {:?}", running.progress.borrow());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // The last look at the file is no part of it.
    sandbox.clear_faults();
    cancel.cancel();
    let outcome = tokio::time::timeout(PATIENCE, running.outcome).await.expect("nothing is waited for").unwrap();
    assert!(matches!(outcome, Outcome::Cancelled { .. }), "{outcome:?}");
    sandbox
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_cancelled_waits_for_nothing_in_any_phase() {
    let asked = |sandbox: &Sandbox, method: &str, end: &str, times: usize| {
        let is =
            |request: &&writeback::testing::sandbox::Request| request.method == method && request.path.ends_with(end);
        sandbox.requests().iter().filter(is).count() >= times
    };
    let never = Effect::Gate(Gate::shut());
    let at_once = Effect::Delay(Duration::ZERO);
    let upload = |effect: &Effect| vec![Fault::always(Route::Upload, effect.clone())];
    type Stuck<'a> = Box<dyn Fn(&Sandbox, &Progress) -> bool + 'a>;
    let phases: Vec<(&str, Vec<Fault>, Option<&str>, Stuck<'_>)> = vec![
        (
            "ask",
            vec![Fault::always(Route::Dataset, never.clone())],
            None,
            Box::new(|s, _| asked(s, "GET", "/sales-mart", 1)),
        ),
        (
            "export",
            vec![Fault::always(Route::Export, never.clone())],
            None,
            Box::new(|s, _| asked(s, "GET", "/data", 1)),
        ),
        (
            "rows, for a file that is there",
            vec![Fault::always(Route::Export, Effect::StallAfter(3_000_000))],
            Some("old"),
            Box::new(|_, progress| progress.bytes_in >= 3_000_000),
        ),
        (
            "the look before the upload",
            vec![Fault::once(Route::Dataset, at_once.clone()), Fault::always(Route::Dataset, never.clone())],
            Some("old"),
            Box::new(|s, _| asked(s, "GET", "/sales-mart", 2)),
        ),
        ("upload", upload(&Effect::StallAfter(1)), None, Box::new(|s, _| asked(s, "PUT", "/x.csv", 1))),
        (
            "upload over a file",
            upload(&Effect::StallAfter(1)),
            Some("old"),
            Box::new(|s, _| asked(s, "PUT", "/x.csv", 1)),
        ),
        (
            "a wait for another attempt",
            upload(&Effect::Status {
                code: 429,
                headers: vec![("Retry-After".into(), "60".into())],
                body: String::new(),
            }),
            Some("old"),
            Box::new(|_, progress| progress.note.is_some()),
        ),
        ("processing", vec![], Some("old"), Box::new(|s, _| asked(s, "GET", "/sales-mart", 4))),
    ];
    for (phase, faults, old, is_stuck) in phases {
        let sandbox = cancelled_in(&faults, old, &is_stuck).await;
        if let (Some(old), false) = (old, phase == "processing") {
            let there = sandbox.file(samples::ORGANIZATION, samples::SALES_MART, "x.csv").unwrap();
            assert_eq!(there.content.unwrap(), old.as_bytes(), "{phase}");
        }
    }
}

/// Waits until something is asked with that method, of a path that ends so.
async fn asked(sandbox: &Sandbox, method: &str, end: &str) {
    let deadline = Instant::now() + PATIENCE;
    while !sandbox.requests().iter().any(|request| request.method == method && request.path.ends_with(end)) {
        assert!(Instant::now() < deadline, "no {method} of {end} came");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_arrived_is_not_cancelled_any_more() {
    let (owner, id) = (samples::ORGANIZATION, samples::SALES_MART);
    let never = Effect::Gate(Gate::shut());
    let on = |method, end: &str| Route::Path {
        method: Some(method),
        prefix: format!("/v0/datasets/{owner}/{id}/files/{end}"),
    };
    for (method, end, deleted, left) in [
        ("PATCH", "x_4.csv/metadata", vec![], vec![LeftOut::Description, LeftOut::Deletion { under_way: None }]),
        ("DELETE", "x_2.csv", vec!["x_1.csv"], vec![LeftOut::Deletion { under_way: Some("x_2.csv".to_owned()) }]),
    ] {
        let sandbox = Sandbox::start(Options { processing: Duration::ZERO, ..Options::default() }).await.unwrap();
        let mut job = job(&sandbox.domo_url(), &sandbox.dataworld_url(), samples::QUOTED);
        let output = &mut job.export.output;
        (output.append, output.keep) = (Append::Number, Some(Keep::new(1).unwrap()));
        output.description = Some("What it is.".parse::<FileDescription>().unwrap());
        for name in ["x_1.csv", "x_2.csv", "x_3.csv"] {
            sandbox.put_file(owner, id, name, "old");
            let updated = sandbox.file(owner, id, name).map(|file| file.updated);
            job.past.written.push(WrittenFile { file: name.to_owned(), bytes: 3, updated });
        }
        sandbox.fault(Fault::always(on(method, end), never.clone()));
        let cancel = CancellationToken::new();
        let running = transfer::start(job, cancel.clone());
        asked(&sandbox, method, end).await;
        cancel.cancel();
        let Outcome::Done(summary) = running.outcome.await.unwrap() else { panic!("{method}: it is done") };
        assert_eq!(summary.file, format!("{owner}/{id}/x_4.csv"));
        assert_eq!(summary.deleted, deleted, "{method}");
        assert_eq!(summary.notes, left.into_iter().map(RunNote::LeftOut).collect::<Vec<_>>(), "{method}");
        assert!(sandbox.file(owner, id, "x_3.csv").is_some() && sandbox.file(owner, id, "x_4.csv").is_some());
    }
}

/// A request has all of its body: as many bytes as it states, or the last chunk.
fn is_whole(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
    let body = &request[end + 4..];
    match head.lines().find_map(|line| line.strip_prefix("content-length:")) {
        Some(length) => body.len() as u64 >= length.trim().parse().unwrap(),
        None => body.ends_with(b"\r\n0\r\n\r\n"),
    }
}
