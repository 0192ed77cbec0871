//! Standard output whose reader has gone, as that of `writeback history | head -1` does.

use std::process::Stdio;

use writeback::testing::sandbox::samples;

use crate::stage::{FILE, Stage};

const MART: &str = "acme-analytics/sales-mart";

/// Runs the binary with nobody to read what it says; gives its exit code and what it complains of.
async fn unread(stage: &Stage, args: &[&str]) -> (Option<i32>, String) {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let child = stage.command(args).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
    let ended = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
    (ended.status.code(), String::from_utf8(ended.stderr).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_goes_changes_nothing_but_that_it_does_not_read() {
    let mut stage = Stage::new().await;
    let definition = stage.definition(samples::QUOTED, "");
    assert_eq!(stage.run(&["run", &definition]).await.code, Some(0));
    stage.old_file("large.csv", vec![b'x'; 3_000_000]);
    for args in [
        &["history"][..],
        &["history", "--json"],
        &["history", "a-test"],
        &["ls"],
        &["ls", MART],
        &["ls", MART, "--json"],
        &["exports", "list"],
        &["exports", "show", "--example"],
        &["accounts", "list"],
        &["check"],
        &["check", "--json"],
        &["get", MART, "large.csv", "-o", "-"],
        &["schedule", "--list"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
    ] {
        assert_eq!(unread(&stage, args).await, (Some(0), String::new()), "{args:?}");
    }
    stage.set("DW_AUTH_TOKEN", "wrong-token-wrong-token");
    assert_eq!(unread(&stage, &["check"]).await, (Some(3), String::new()), "what failed has failed, read or not");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_made_even_if_nobody_reads_how_the_one_before_it_went() {
    let stage = Stage::new().await;
    let first = stage.definition(samples::QUOTED, "");
    let second = first.replace("test.toml", "second.toml");
    let text = std::fs::read_to_string(&first).unwrap().replace("daily-sales-copy", "second");
    std::fs::write(&second, text).unwrap();
    for json in [None, Some("--json")] {
        let args: Vec<&str> = ["run", &first, &second].into_iter().chain(json).collect();
        let (code, err) = unread(&stage, &args).await;
        assert_eq!(code, Some(0), "{err}");
        assert!(!err.contains("writeback:"), "{err}");
        assert_eq!(
            stage.requests("PUT", &format!("/v0/uploads/{MART}/files/second.csv")),
            1 + usize::from(json.is_some())
        );
    }
    assert!(stage.file(FILE).is_some());
}
