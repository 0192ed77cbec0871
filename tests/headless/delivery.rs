//! The order of what is sent to data.world: nothing to a file that is there before every row is proven.

use std::io::{BufRead as _, BufReader};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use writeback::testing::sandbox::{Effect, Fault, Gate, Request, Route, samples};

use crate::stage::{FILE, OLD, Ran, Stage};
use crate::way::Way;

fn puts(stage: &Stage) -> Vec<Request> {
    stage.sandbox.requests().into_iter().filter(|request| request.method == "PUT").collect()
}

/// The number of requests before the first that `is` so.
fn first(stage: &Stage, is: impl Fn(&Request) -> bool) -> usize {
    stage.sandbox.requests().iter().position(is).unwrap()
}

/// The number of requests before the last look at the DataSet's rows.
fn last_count(stage: &Stage, data_set: &str) -> usize {
    stage.sandbox.requests().iter().rposition(|request| request.path.ends_with(data_set)).unwrap()
}

fn length(put: &Request) -> Option<u64> {
    put.header("content-length").map(|length| length.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_there_gets_one_put_with_its_length_after_the_proof() {
    for data_set in [samples::DAILY_SALES, samples::QUOTED] {
        let stage = Stage::new().await;
        stage.old_file(FILE, OLD);
        let ran = stage.run(&["run", &stage.definition(data_set, "")]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let (puts, size) = (puts(&stage), stage.file(FILE).unwrap().size);
        let [put] = &puts[..] else { panic!("one upload, not {puts:?}") };
        assert_eq!((length(put), put.body_bytes, put.header("transfer-encoding")), (Some(size), size, None));
        assert!(last_count(&stage, data_set) < first(&stage, |request| request.method == "PUT"));
        let phase = |name: &str| ran.err.find(name).unwrap();
        assert!(phase("✓ Export") < phase("✓ Upload"), "{}", ran.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_there_is_sent_nothing_when_rows_are_missing() {
    for (on, what) in [
        (Route::Any, Effect::WrongRowCount(5)),
        (Route::Any, Effect::WrongRowCount(-5)),
        (Route::Export, Effect::TruncateAfter(9_000_000)),
        (Route::Export, Effect::CutAfter(14_000_000)),
        (Route::Export, Effect::StallAfter(9_000_000)),
    ] {
        let stage = Stage::new().await;
        stage.config("stall_seconds = 1\nattempts = 1");
        stage.old_file(FILE, OLD);
        stage.sandbox.fault(Fault::always(on, what.clone()));
        let ran = stage.run(&["run", &stage.definition(samples::DAILY_SALES, "")]).await;
        assert_ne!(ran.code, Some(0), "{what:?}: {ran:?}");
        assert!(puts(&stage).is_empty(), "{what:?}");
        assert!(ran.err.contains(&format!("Nothing was sent: {FILE} on data.world is untouched.")), "{}", ran.err);
        assert_eq!(stage.file(FILE).unwrap().content.unwrap(), OLD);
    }
}

/// Has what comes after so many requests of a kind wait at the gate that is returned.
fn gate_after(stage: &Stage, requests: u32, on: &Route) -> Gate {
    let gate = Gate::shut();
    stage.config("stall_seconds = 60\nanswer_seconds = 60\nprocessing_seconds = 1\nattempts = 1");
    stage.sandbox.fault(Fault { on: on.clone(), times: requests, what: Effect::Delay(Duration::ZERO) });
    stage.sandbox.fault(Fault::once(on.clone(), Effect::Gate(gate.clone())));
    gate
}

/// Runs an export of a new file, and does something while it is sent: its rows are proven only after that, by the third
/// look at the DataSet.
async fn while_sent(stage: &Stage, args: &[&str], meanwhile: impl FnOnce()) -> Ran {
    let gate = gate_after(stage, 2, &Route::DomoDataSet);
    let definition = stage.definition(samples::DAILY_SALES, "");
    let args = [args, &[&definition]].concat();
    let (ran, ()) = tokio::join!(stage.run(&args), async {
        gate.reached().await;
        stage.until_request("PUT", FILE).await;
        meanwhile();
        gate.open();
    });
    ran
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_file_is_sent_while_it_comes() {
    let stage = Stage::new().await;
    let ran = while_sent(&stage, &["run"], || {}).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let puts = puts(&stage);
    assert_eq!((puts.len(), length(&puts[0])), (1, None), "{puts:?}");
}

/// Runs an export of a new file, and puts another one in its place while it is sent.
async fn overtaken(stage: &Stage, other: &[u8]) -> Ran {
    while_sent(stage, &["run", "--json"], || stage.old_file(FILE, other)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_appears_meanwhile_is_one_that_is_there() {
    let stage = Stage::new().await;
    let ran = overtaken(&stage, OLD).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.err.contains(&format!("! {FILE} has appeared on data.world meanwhile")), "{}", ran.err);
    let size = stage.file(FILE).unwrap().size;
    assert_eq!(puts(&stage).iter().map(length).collect::<Vec<_>>(), [None, Some(size)]);
    let said: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(said["replaced"]["size"], OLD.len(), "{said}");
    // A file of more than twice the size is not replaced.
    let (stage, large) = (Stage::new().await, vec![b'x'; 40_000_000]);
    let ran = overtaken(&stage, &large).await;
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert_eq!(puts(&stage).iter().map(length).collect::<Vec<_>>(), [None]);
    assert_eq!(stage.file(FILE).unwrap().size, large.len() as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_wants_the_length_gets_it() {
    for status in ["411 Length Required", "501 Not Implemented"] {
        let mut stage = Stage::new().await;
        // A gateway that answers to an upload of unknown length before it has read it.
        let is_refused =
            |head: &str| head.starts_with("PUT ") && !head.to_ascii_lowercase().contains("content-length:");
        let gateway = Way::to(&stage.sandbox.dataworld_url(), is_refused, move |_, mut client| async move {
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            let _ = client.write_all(answer.as_bytes()).await;
            let _ = client.shutdown().await;
            // To close with something unread would reset the connection, and the answer may be lost.
            let _ = tokio::io::copy(&mut client, &mut tokio::io::sink()).await;
        })
        .await;
        stage.set("WRITEBACK_DATAWORLD_URL", &gateway.address);
        let gate = gate_after(&stage, 2, &Route::DomoDataSet);
        let definition = stage.definition(samples::DAILY_SALES, "");
        let mut run = stage.command(&["run", &definition, "--json"]).spawn().unwrap();
        let err = BufReader::new(run.stderr.take().unwrap());
        let ended = tokio::task::spawn_blocking(move || {
            // The rows are proven once the refusal has been read.
            let said = |line: &String| line.contains("It is sent again with its size, once every row has arrived");
            let is_said = err.lines().map(Result::unwrap).filter(said).inspect(|_| gate.open()).count() == 1;
            (run.wait().unwrap().code(), is_said)
        });
        assert_eq!(ended.await.unwrap(), (Some(0), true));
        let size = stage.file(FILE).unwrap().size;
        assert_eq!(puts(&stage).iter().map(length).collect::<Vec<_>>(), [Some(size)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_means_that_nothing_arrived() {
    let (small, large) = (samples::QUOTED, samples::DAILY_SALES);
    let all = [401, 403, 413, 422, 429].map(|code| (code, false, small));
    for (code, early, data_set) in all.into_iter().chain([(403, true, small), (403, false, large), (429, true, large)])
    {
        let stage = Stage::new().await;
        stage.old_file(FILE, OLD);
        let (headers, body) = (vec![("Retry-After".to_owned(), "86400".to_owned())], "{}".to_owned());
        let refusal = match early {
            true => Effect::EarlyStatus { code, headers, body },
            false => Effect::Status { code, headers, body },
        };
        stage.sandbox.fault(Fault::always(Route::Upload, refusal));
        let ran = stage.run(&["run", &stage.definition(data_set, "")]).await;
        assert!(matches!(ran.code, Some(1 | 3)), "{code}: {ran:?}");
        assert!(ran.err.contains(&format!("Nothing arrived: the old {FILE} is as it was.")), "{}", ran.err);
        assert_eq!(stage.file(FILE).unwrap().content.unwrap(), OLD);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_of_a_service_that_has_read_all_is_no_refusal() {
    for code in [500, 502, 503, 504] {
        let stage = Stage::new().await;
        stage.config("attempts = 1");
        stage.old_file(FILE, OLD);
        stage.sandbox.fault(Fault::always(Route::Upload, Effect::status(code, "")));
        let ran = stage.run(&["run", &stage.definition(samples::QUOTED, "")]).await;
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.err.contains("all of it was sent: check again in a few minutes"), "{code}: {}", ran.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_is_no_refusal_even_when_one_follows() {
    let stage = Stage::new().await;
    stage.old_file(FILE, OLD);
    // All of it may have arrived: the answer comes too late.
    stage.sandbox.fault(Fault::once(Route::Upload, Effect::StallAfter(u64::MAX)));
    stage.sandbox.fault(Fault::once(Route::Upload, Effect::status(503, "")));
    stage.sandbox.fault(Fault::always(Route::Upload, Effect::status(403, "{}")));
    let ran = stage.run(&["run", &stage.definition(samples::QUOTED, "")]).await;
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.err.contains("all of it was sent: check again in a few minutes"), "{}", ran.err);
}

/// The entry of the file as data.world shows it, with another size.
fn shown(size: Option<u64>) -> Effect {
    let size = size.map(|size| format!(r#","sizeInBytes":{size}"#)).unwrap_or_default();
    let file =
        format!(r#"{{"name":"{FILE}","created":"2026-11-01T00:00:00Z","updated":"2026-11-01T00:00:00Z"{size}}}"#);
    let head = r#""owner":"acme-analytics","id":"sales-mart","accessLevel":"WRITE","status":"LOADED""#;
    Effect::status(200, format!(r#"{{{head},"files":[{file}]}}"#))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_size_that_differs_or_is_missing_is_read_back_before_it_is_called_unproven() {
    for size in [Some(1), None] {
        let stage = Stage::new().await;
        stage.config("processing_seconds = 1");
        // The first looks are those of the run's beginning and right before the upload.
        stage.sandbox.fault(Fault { on: Route::Dataset, times: 2, what: Effect::Delay(Duration::ZERO) });
        stage.sandbox.fault(Fault::always(Route::Dataset, shown(size)));
        let definition = stage.definition(samples::QUOTED, "");
        let ran = stage.run(&["run", &definition]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.out.contains("but it was read back, and its bytes are those that were sent."), "{}", ran.out);
        // The file that is there is something else.
        stage.sandbox.fault(Fault::once(Route::Download, Effect::status(200, "something else")));
        let ran = stage.run(&["run", &definition]).await;
        assert_eq!(ran.code, Some(1), "{ran:?}");
    }
}

fn numbered(number: u32) -> String {
    FILE.replace(".csv", &format!("_{number}.csv"))
}

/// The looks at the dataset before an upload under a number. By the next one the file that is there is compared.
const LOOKS_BEFORE: u32 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn a_number_under_which_somebody_else_wrote_last_is_given_up_for_the_next() {
    for larger in [0, 7] {
        let stage = Stage::new().await;
        let gate = gate_after(&stage, LOOKS_BEFORE, &Route::Dataset);
        let definition = stage.definition(samples::QUOTED, "append = \"number\"\n");
        let args = ["run", "--json", &definition];
        let (ran, other) = tokio::join!(stage.run(&args), async {
            gate.reached().await;
            let other = vec![b'x'; stage.file(&numbered(1)).unwrap().size as usize + larger];
            stage.old_file(&numbered(1), &other);
            gate.open();
            other
        });
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let said: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(said["file"], format!("acme-analytics/sales-mart/{}", numbered(2)), "{ran:?}");
        assert_eq!(stage.file(&numbered(1)).unwrap().content.unwrap(), other);
        assert_eq!(stage.file(&numbered(2)).unwrap().size, said["bytes"].as_u64().unwrap());
        assert_eq!(stage.requests("GET", &format!("/v1/datasets/{}/data", samples::QUOTED)), 1);
        assert!(ran.err.contains("sending daily-sales-copy_2.csv instead"), "{}", ran.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_homes_that_give_one_number_at_once_leave_the_file_of_each() {
    let stage =
        Stage::with(writeback::testing::sandbox::Options { processing: Duration::ZERO, ..Default::default() }).await;
    let start = |data_set: &str| {
        let home = tempfile::tempdir().unwrap();
        let definition = home.path().join("numbers.toml");
        std::fs::copy(stage.definition(data_set, "append = \"number\"\n"), &definition).unwrap();
        std::fs::copy(stage.home.path().join("config.toml"), home.path().join("config.toml")).unwrap();
        let args = ["run", "--json", definition.to_str().unwrap()];
        (stage.command(&args).env("WRITEBACK_HOME", home.path()).spawn().unwrap(), home)
    };
    // The first has looked, and is about to send.
    let before_upload = gate_after(&stage, 0, &Route::Upload);
    let (first, _home) = start(samples::QUOTED);
    before_upload.reached().await;
    // The second looks, sends, and is about to compare. The first may look once more meanwhile, but compares nothing.
    let before_comparison = gate_after(&stage, 0, &Route::Download);
    let (second, _home) = start(samples::SINGLE_COLUMN);
    before_comparison.reached().await;
    assert!(stage.file(&numbered(1)).is_some() && stage.file(&numbered(2)).is_none());
    before_upload.open();
    let first = crate::stage::ended(first).await;
    before_comparison.open();
    for (ran, number) in [(first, 1), (crate::stage::ended(second).await, 2)] {
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let said: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(said["file"], format!("acme-analytics/sales-mart/{}", numbered(number)), "{ran:?}");
        assert_eq!(stage.file(&numbered(number)).unwrap().size, said["bytes"].as_u64().unwrap());
    }
}
