//! Runs that a check refuses.

use writeback::testing::sandbox::{Effect, Fault, Route, samples};
use writeback::testing::text::format;

use crate::stage::{FILE, OLD, Ran, Stage};

async fn run(stage: &Stage, data_set: &str, more: &str) -> Ran {
    stage.run(&["run", &stage.definition(data_set, more)]).await
}

fn assert_refused(ran: &Ran, sentence: &str) {
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert!(ran.err.contains(sentence), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_data_world_would_ignore_need_a_decision() {
    let stage = Stage::new().await;
    let ran = run(&stage, samples::HASH_ROWS, "").await;
    assert_refused(&ran, "✗ The export has rows that begin with #: row ");
    assert!(ran.err.contains("hash_rows"), "{}", ran.err);
    let begins = ran.err.lines().find_map(|line| line.trim().split_once(" begins: ")).unwrap();
    let row: usize = begins.0.strip_prefix("Row ").unwrap().parse().unwrap();
    assert!(stage.file(FILE).is_none());
    // The sentence and the run in the history are of the same moment.
    let kept: serde_json::Value = serde_json::from_str(&stage.run(&["history", "--json"]).await.out).unwrap();
    let rows = format::count(kept["runs"][0]["rows"].as_u64().unwrap());
    assert!(ran.err.contains(&format!(" of the first {rows}")), "{rows}: {}", ran.err);

    let ran = run(&stage, samples::HASH_ROWS, "[csv]\nhash_rows = \"quote\"\n").await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let quoted = String::from_utf8(stage.file(FILE).unwrap().content.unwrap()).unwrap();
    assert!(quoted.contains("\n\"#"), "the rows are there, quoted");
    assert!(!quoted.contains("\n#"));

    let ran = run(&stage, samples::HASH_ROWS, "[csv]\nhash_rows = \"allow\"\n").await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let allowed = String::from_utf8(stage.file(FILE).unwrap().content.unwrap()).unwrap();
    let first = allowed.lines().nth(row).unwrap();
    assert!(first.starts_with('#') && first.starts_with(begins.1.trim_end_matches('…')), "{begins:?}: {first}");
    assert!(allowed.lines().take(row).all(|line| !line.starts_with('#')), "the header is line 0");
    // It was for whoever looked at the run.
    let kept = std::fs::read(stage.home.path().join("history.sqlite")).unwrap();
    let kept = String::from_utf8_lossy(&kept);
    assert!(kept.contains(&format!("row {row}, ")) && !kept.contains(" begins: ") && !kept.contains(begins.1));
}

/// Has the export of [`samples::QUOTED`] give this CSV of so many rows.
fn gives(stage: &Stage, csv: &[u8], rows: u64) {
    stage.sandbox.clear_faults();
    stage.sandbox.set_rows(samples::QUOTED, rows);
    stage.sandbox.fault(Fault::always(Route::Export, Effect::csv(csv)));
}

#[tokio::test(flavor = "multi_thread")]
async fn text_that_data_world_cannot_read_needs_a_decision() {
    let stage = Stage::new().await;
    stage.old_file(FILE, OLD);
    for (csv, rows, said, shown) in [
        (
            &b"id,name\n1,Ada\n2,Jos\xe9\n"[..],
            2,
            "Row 2 of the export has bytes that data.world cannot read as text. So far, in 2 rows, 1 byte is not UTF-8",
            "Row 2 has: 2,Jos\u{fffd}",
        ),
        (
            b"id,name\n1,a\0b\n",
            1,
            "Row 1 of the export has bytes that data.world cannot read as text. So far, in 1 row, 1 byte is NUL",
            "Row 1 has: 1,a\u{fffd}b",
        ),
        (
            b"id,name\n1,Jos\xc3",
            1,
            "Row 1 of the export has bytes that data.world cannot read as text. So far, in 1 row, 1 byte is not UTF-8",
            "Row 1 has:",
        ),
        (
            b"\xff\xfei\0d\0\n\x001\0\n\0",
            1,
            "The export's header has bytes that data.world cannot read as text.",
            "The header has: \u{fffd}\u{fffd}i\u{fffd}d\u{fffd}",
        ),
    ] {
        gives(&stage, csv, rows);
        let ran = run(&stage, samples::QUOTED, "").await;
        assert_refused(&ran, said);
        assert!(ran.err.contains("allow_unreadable = true under [checks]") && ran.err.contains(shown), "{}", ran.err);
        assert_eq!(stage.file(FILE).unwrap().content.unwrap(), OLD);
    }
    // Sent as it is, and said everywhere.
    let csv = b"id,name\n1,Jos\xe9\n2,\0\0\n";
    gives(&stage, csv, 2);
    let note = "1 byte is not UTF-8 and 2 bytes are NUL";
    let path = stage.definition(samples::QUOTED, "[checks]\nallow_unreadable = true\nallow_shrink = true\n");
    let ran = stage.run(&["run", &path]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains(&format!("! {note}")), "{}", ran.out);
    assert_eq!(stage.file(FILE).unwrap().content.unwrap(), csv);
    assert!(stage.run(&["history", "--json"]).await.out.contains(note));
}

#[tokio::test(flavor = "multi_thread")]
async fn text_in_any_language_is_text_wherever_it_is_cut() {
    let stage = Stage::new().await;
    let row = "Überseekäse,Łódź,日本語,🦀,\u{feff}\n";
    gives(&stage, format!("a,b,c,d,e\n{}", row.repeat(9_000)).as_bytes(), 9_000);
    let ran = run(&stage, samples::QUOTED, "").await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(!ran.out.contains('!'), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn cells_that_domo_escapes_as_formulas_are_counted_and_said_everywhere() {
    let stage = Stage::new().await;
    let csv = b"id,a,b\n1,'=1,\"'+2\"\n'-3,'@x,it's '=4\n2,\"a'=5\",'six\n";
    gives(&stage, csv, 3);
    let path = stage.definition(samples::QUOTED, "");
    let said = "4 cells begin with an apostrophe before =, +, - or @.";
    let place = "\"Disable Excel formulas\" is checked under Admin › Security › Exporting data";
    for args in [
        &["run", &path, "--dry-run"][..],
        &["run", &path],
        &["run", &path, "--json"],
        &["history", "--json"],
        &["history", "A test"],
    ] {
        let ran = stage.run(args).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let out = ran.out.replace("\\\"", "\"");
        assert!(out.contains(said) && out.contains(place), "{args:?}: {out}");
    }
    assert_eq!(stage.file(FILE).unwrap().content.unwrap(), csv, "it is sent as it is");
    // A DataSet as a company's setting makes it, and one without such cells.
    stage.sandbox.clear_faults();
    let ran = run(&stage, samples::ESCAPED, "").await;
    assert!(
        ran.code == Some(0) && ran.out.contains(" cells begin with an apostrophe") && ran.out.contains(place),
        "{ran:?}"
    );
    gives(&stage, b"id\n1\n", 1);
    let ran = run(&stage, samples::QUOTED, "[checks]\nallow_shrink = true\n").await;
    assert!(ran.code == Some(0) && !ran.out.contains('!'), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_without_an_end_does_not_fill_the_disk() {
    let stage = Stage::new().await;
    stage.old_file(FILE, OLD);
    stage.sandbox.set_rows(samples::QUOTED, 9);
    // A first row, and lines with nothing on them.
    for byte in [b'x', b'\n'] {
        stage.sandbox.clear_faults();
        let content = vec![byte; 64 << 10];
        stage.sandbox.fault(Fault::always(Route::Export, Effect::Csv { content, endless: true }));
        let ran = run(&stage, samples::QUOTED, "").await;
        assert_refused(&ran, "without the end of another row");
        assert_eq!(stage.file(FILE).unwrap().content.unwrap(), OLD);
        assert!(stage.spool_is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nulls_become_empty_only_when_asked() {
    let stage = Stage::new().await;
    run(&stage, samples::QUOTED, "").await;
    let kept = String::from_utf8(stage.file(FILE).unwrap().content.unwrap()).unwrap();
    assert!(kept.contains("\\N"));
    run(&stage, samples::QUOTED, "[csv]\nnulls = \"empty\"\n").await;
    let emptied = String::from_utf8(stage.file(FILE).unwrap().content.unwrap()).unwrap();
    assert!(!emptied.contains(",\\N") && emptied.len() < kept.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_rows_is_not_replaced_by_one_without() {
    let stage = Stage::new().await;
    stage.old_file(FILE, vec![b'x'; 5_000_000]);
    let ran = run(&stage, samples::EMPTY, "").await;
    assert_refused(&ran, "The DataSet has no rows now. A file of 5.0 MB would be replaced by one of ");
    assert_eq!(stage.file(FILE).unwrap().size, 5_000_000);
    let ran = run(&stage, samples::EMPTY, "[checks]\nallow_empty = true\n").await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    // A file that had no rows before has nothing to lose, a file that shrinks may.
    let ran = run(&stage, samples::EMPTY, "").await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    stage.old_file(FILE, "id\n1\n2\n");
    let ran = run(&stage, samples::EMPTY, "").await;
    assert_refused(&ran, "The DataSet has no rows now. A file of 7 B would be replaced by one of ");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_of_an_error_is_no_data_set_without_rows() {
    let stage = Stage::new().await;
    let headers = vec![("Content-Type".to_owned(), "text/csv".to_owned())];
    let body = "Something went wrong, please try again".to_owned();
    stage.sandbox.fault(Fault::always(Route::Export, Effect::Status { code: 200, headers, body }));
    let ran = run(&stage, samples::EMPTY, "").await;
    assert_refused(
        &ran,
        "The DataSet has no rows, and what Domo sent is not its header: a line of 2 columns instead of ",
    );
    assert!(stage.file(FILE).is_none());
    stage.sandbox.clear_faults();
    let ran = run(&stage, samples::EMPTY, "").await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_files_that_is_not_told_is_no_empty_one() {
    let stage = Stage::new().await;
    stage.old_file(FILE, vec![b'x'; 5_000_000]);
    let untold = r#"{"owner":"acme-analytics","id":"sales-mart","accessLevel":"WRITE","status":"LOADED"}"#;
    stage.sandbox.fault(Fault::always(Route::Dataset, Effect::status(200, untold)));
    for append in ["none", "date", "number"] {
        let append = format!("append = \"{append}\"\n");
        let ran = run(&stage, samples::EMPTY, &append).await;
        assert_refused(&ran, "data.world does not say which files the dataset has");
        assert!(!ran.err.contains("there is no daily-sales-copy"), "{append}: {}", ran.err);
        let checked = stage.run(&["check", &stage.definition(samples::EMPTY, &append)]).await;
        assert!(checked.out.contains("does not say which files"), "{append}: {checked:?}");
    }
    assert_eq!(stage.requests("PUT", "/v0"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_files_that_is_no_longer_told_is_nothing_to_go_by() {
    let stage = Stage::new().await;
    let untold = r#"{"owner":"acme-analytics","id":"sales-mart"}"#;
    stage.config("attempts = 1");
    // The first answers to be had are that of the run's beginning, and that before the upload.
    let told = Effect::Delay(std::time::Duration::ZERO);
    stage.sandbox.fault(Fault { on: Route::Dataset, times: 2, what: told.clone() });
    stage.sandbox.fault(Fault::always(Route::Dataset, Effect::status(200, untold)));
    stage.sandbox.fault(Fault::once(Route::Upload, Effect::ResetAfter(0)));
    let ran = run(&stage, samples::QUOTED, "").await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("data.world could not be asked what became of daily-sales-copy.csv"), "{}", ran.err);
    // A list that is no longer told before the upload may hide a file that is there by now.
    stage.sandbox.clear_faults();
    stage.sandbox.fault(Fault::once(Route::Dataset, told));
    stage.sandbox.fault(Fault::always(Route::Dataset, Effect::status(200, untold)));
    let ran = run(&stage, samples::QUOTED, "").await;
    assert_refused(&ran, "data.world does not say which files the dataset has");
    assert_eq!(stage.requests("PUT", "/v0"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_not_replaced_by_one_of_less_than_half_its_size() {
    let stage = Stage::new().await;
    stage.old_file(FILE, vec![b'x'; 40_000_000]);
    let ran = run(&stage, samples::DAILY_SALES, "").await;
    assert_refused(&ran, "less than half of the 40.0 MB of the file that it would replace");
    assert!(ran.err.contains("Nothing was sent: ") && ran.err.contains("is untouched"), "{}", ran.err);
    assert_eq!(stage.file(FILE).unwrap().size, 40_000_000);
    let ran = run(&stage, samples::DAILY_SALES, "[checks]\nallow_shrink = true\n").await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_own_the_data_set_is_asked_or_refused() {
    let rule = "The owner of a writeback dataset must also be an owner or co-owner of the input dataset.";
    let mut stage = Stage::new().await;
    let unconfirmed = |stage: &Stage, data_set| {
        let path = stage.definition(data_set, "");
        let text = std::fs::read_to_string(&path).unwrap().replace("owner_confirmed = true\n", "");
        std::fs::write(&path, text).unwrap();
        path
    };
    let ran = stage.run(&["run", &unconfirmed(&stage, samples::NOT_OWNED)]).await;
    assert_refused(&ran, rule);
    assert!(ran.err.contains("owner_confirmed = true"), "{}", ran.err);
    let ran = run(&stage, samples::NOT_OWNED, "").await;
    assert_eq!(ran.code, Some(0), "confirmed: {ran:?}");

    stage.set("DOMO_DEVELOPER_TOKEN", samples::NON_OWNER_DEVELOPER_TOKEN);
    stage.set("DOMO_INSTANCE", samples::INSTANCE);
    let ran = run(&stage, samples::DAILY_SALES, "").await;
    assert_refused(&ran, rule);
    assert!(ran.err.contains("This Domo account is neither"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_pdp_hides_are_missed() {
    let stage = Stage::new().await;
    let ran = run(&stage, samples::PDP, "").await;
    assert_refused(&ran, "PDP is enabled on this DataSet and may be hiding rows");
    assert!(stage.file(FILE).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_or_not_allowed_is_named() {
    let mut stage = Stage::new().await;
    let ran = run(&stage, samples::DELETED, "").await;
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("The DataSet has been deleted in Domo."), "{}", ran.err);
    let ran = run(&stage, "00000000-0000-4000-8000-000000000000", "").await;
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("Domo has no DataSet with this ID"), "{}", ran.err);

    let path = stage.definition(samples::DAILY_SALES, "");
    let text = std::fs::read_to_string(&path).unwrap();
    let (mart, books) = (
        format!("{}/{}", samples::ORGANIZATION, samples::SALES_MART),
        format!("{}/{}", samples::FINANCE, samples::CLOSED_BOOKS),
    );
    let other = |key: &str| std::fs::write(&path, text.replace(&mart, key)).unwrap();
    other(&books);
    let ran = stage.run(&["run", &path]).await;
    assert_refused(&ran, &format!("You can read {books} on data.world but not write to it."));
    other(&format!("{}/no-such-dataset", samples::ORGANIZATION));
    let ran = stage.run(&["run", &path]).await;
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("data.world has no such dataset or file, or you do not have access to it"), "{}", ran.err);

    stage.old_file(FILE, OLD);
    stage.set("DW_AUTH_TOKEN", samples::READ_ONLY);
    let ran = run(&stage, samples::QUOTED, "").await;
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.err.contains("the token is read-only"), "{}", ran.err);
    assert_eq!(stage.file(FILE).unwrap().content.unwrap(), OLD);
    stage.set("DW_AUTH_TOKEN", samples::EXPIRED);
    let ran = run(&stage, samples::QUOTED, "").await;
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.err.contains("The data.world API token expired on 14 Nov 2023"), "{}", ran.err);
}
