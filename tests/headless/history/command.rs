//! `writeback history`: what is kept of runs, and how it is shown.

use writeback::testing::sandbox::{Effect, Fault, Route, samples};

use crate::history::{history, numbered, quick, results};
use crate::stage::{FILE, OLD};

#[tokio::test(flavor = "multi_thread")]
async fn every_end_is_kept_with_its_reason() {
    let mut stage = quick().await;
    stage.old_file(FILE, vec![b'x'; 1_000_000]);
    let definition = stage.definition(samples::QUOTED, "");
    // A check refuses it; a service does; nothing is known to log in with; a scheduler starts one that goes well.
    assert_eq!(stage.run(&["run", &definition]).await.code, Some(4));
    stage.old_file(FILE, OLD);
    let refused = Effect::status(403, r#"{"code":403,"message":"No","details":"b6267b6a"}"#);
    stage.sandbox.fault(Fault::once(Route::Upload, refused));
    assert_eq!(stage.run(&["run", &definition]).await.code, Some(3));
    let token = samples::READ_WRITE;
    stage.set("DW_AUTH_TOKEN", "");
    assert_eq!(stage.run(&["run", &definition]).await.code, Some(3));
    stage.set("DW_AUTH_TOKEN", token);
    assert_eq!(stage.run(&["run", "--scheduled", &definition]).await.code, Some(0));
    assert_eq!(stage.run(&["run", "--dry-run", &definition]).await.code, Some(0));

    let kept = history(&stage, &["a-test"]).await;
    assert_eq!(results(&kept), ["refused", "failed", "failed", "done"]);
    assert_eq!((&kept["success_rate"], &kept["total"]), (&0.25.into(), &4.into()));
    assert!(kept["average_seconds"].as_f64().unwrap() > 0.0);
    let [done, unknown, failed, refused] = kept["runs"].as_array().unwrap().as_slice() else { panic!("{kept}") };
    assert_eq!(kept["last_good"], done["ended"]);
    assert_eq!((&done["kind"], &done["phase"], &done["attempts"]), (&"scheduled".into(), &"proof".into(), &1.into()));
    assert_eq!(done["file"], format!("acme-analytics/sales-mart/{FILE}"));
    assert_eq!(done["bytes"], stage.file(FILE).unwrap().size);
    assert!(done["rows"].as_u64().unwrap() > 0 && done["reason"].is_null());
    assert!(unknown["reason"].as_str().unwrap().contains("DW_AUTH_TOKEN"), "{unknown}");
    assert_eq!((&failed["support_id"], &failed["phase"]), (&"b6267b6a".into(), &"upload".into()));
    assert!(failed["advice"].as_str().unwrap().len() > 10 && failed["file_now"].as_str().unwrap().contains(FILE));
    assert_eq!((&refused["kind"], &refused["phase"]), (&"manual".into(), &"export".into()));
    assert_eq!(refused["definition"], dunce::canonicalize(&definition).unwrap().to_str().unwrap());
    assert!(!kept.to_string().contains(&token[..20]), "no secret");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_on_the_newest_run_is_printed_for_a_ticket() {
    let stage = quick().await;
    let definition = stage.definition(samples::QUOTED, "");
    let refused = Effect::status(403, r#"{"code":403,"message":"No","details":"b6267b6a"}"#);
    stage.sandbox.fault(Fault::once(Route::Upload, refused));
    assert_eq!(stage.run(&["run", &definition]).await.code, Some(3));
    let ran = stage.run(&["history", &definition, "--ticket"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let file = format!("File        acme-analytics/sales-mart/{FILE}\n");
    let data_set = format!("DataSet     {}\n", samples::QUOTED);
    for part in
        [&*file, &data_set, "Result      failed at Upload\n", "\nFile now    ", "Support id  b6267b6a\n", "\nLog  "]
    {
        assert!(ran.out.contains(part), "{part} is not in {}", ran.out);
    }
    let ran = stage.run(&["history", "--ticket", "--json"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_of_another_file_are_not_those_of_the_saved_export_of_that_name() {
    let stage = quick().await;
    let other = stage.definition(samples::QUOTED, "");
    let saved = stage.home.path().join("exports/a-test.toml");
    std::fs::create_dir_all(saved.parent().unwrap()).unwrap();
    std::fs::copy(&other, &saved).unwrap();
    assert_eq!(stage.run(&["run", "--dry-run", &other]).await.code, Some(0));
    assert_eq!(stage.run(&["run", &other]).await.code, Some(0));
    assert_eq!(results(&history(&stage, &["a-test"]).await), [""; 0]);
    assert_eq!(stage.run(&["run", "a-test"]).await.code, Some(0));
    assert_eq!(results(&history(&stage, &["a-test"]).await), ["done"]);
    assert_eq!(results(&history(&stage, &[&other]).await), ["done"]);
    assert_eq!(results(&history(&stage, &[]).await), ["done", "done"]);
    // Of one that is gone, all that is known under the name.
    std::fs::remove_file(&saved).unwrap();
    assert_eq!(results(&history(&stage, &["a-test"]).await), ["done", "done"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_begins_with_the_newest_and_the_head_with_what_they_say_together() {
    let stage = quick().await;
    let (one, other) = (numbered(&stage, "one", samples::QUOTED), numbered(&stage, "other", samples::EMPTY));
    let nothing = stage.run(&["history"]).await;
    assert_eq!((nothing.code, nothing.out.trim()), (Some(0), "There are no runs in the history."));
    assert!(!stage.home.path().join("history.sqlite").exists(), "looking makes none");
    assert_eq!(stage.run(&["run", &one, &other]).await.code, Some(0));
    stage.sandbox.fault(Fault::once(Route::Upload, Effect::status(401, "{}")));
    assert_eq!(stage.run(&["run", &one]).await.code, Some(3));

    let all = stage.run(&["history"]).await;
    let lines: Vec<&str> = all.out.lines().map(str::trim).collect();
    assert!(lines[0].starts_with("Start ") && lines[0].ends_with("Time  File"), "{}", all.out);
    assert!(lines[1].contains("Export one    manual  failed at Upload"), "{}", all.out);
    assert!(lines[1].ends_with("acme-analytics/sales-mart/sales_3.csv"), "{}", all.out);
    assert!(lines[2].contains("Export other  manual  done"), "{}", all.out);
    assert_eq!(lines.last(), Some(&"3 runs"));

    for name in ["export-one", "Export one", one.as_str()] {
        let shown = stage.run(&["history", name, "--limit", "1"]).await;
        assert!(shown.out.starts_with("Export one: 50 % good (1 of 2) · "), "{}", shown.out);
        assert!(
            shown.out.contains(" on average · last good one just now\n! data.world does not accept"),
            "{}",
            shown.out
        );
        assert!(shown.out.trim_end().ends_with("the last 1 of 2 runs; --limit shows more"), "{}", shown.out);
    }
    assert_eq!(stage.run(&["history", "--limit", "0"]).await.code, Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_neither_saved_nor_has_run_is_no_empty_history() {
    let stage = quick().await;
    let exports = stage.home.path().join("exports");
    std::fs::create_dir_all(&exports).unwrap();
    std::fs::rename(numbered(&stage, "one", samples::QUOTED), exports.join("export-one.toml")).unwrap();
    let none = stage.run(&["history", "export-one"]).await;
    assert_eq!((none.code, none.out.trim()), (Some(0), "There are no runs of export-one in the history."));
    let said = "There is no export `exprot-one`, and no run of it in the history. Did you mean `export-one`?";
    let as_json = format!("{}\n", serde_json::json!({ "exit_code": 2, "message": said }));
    for (more, out) in [(&[][..], ""), (&["--json"], as_json.as_str())] {
        let unknown = stage.run(&[&["history", "exprot-one"], more].concat()).await;
        let expected = (Some(2), out, format!("writeback: {said}\n"));
        assert_eq!((unknown.code, unknown.out.as_str(), unknown.err), expected);
    }
    assert_eq!(stage.run(&["run", "export-one"]).await.code, Some(0));
    assert_eq!(stage.run(&["exports", "remove", "export-one", "--yes"]).await.code, Some(0));
    let removed = stage.run(&["history", "export-one"]).await;
    assert!(removed.code == Some(0) && removed.out.starts_with("Export one: 100 % good"), "{removed:?}");
    let unknown = stage.run(&["history", "xyz"]).await;
    let said = "writeback: There is no export `xyz`, and no run of it in the history.\n";
    assert_eq!((unknown.code, unknown.err.as_str()), (Some(2), said));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_cancelled_says_so_in_the_history() {
    let stage = crate::stage::Stage::new().await;
    stage.config("stall_seconds = 60");
    stage.sandbox.fault(Fault::always(Route::Upload, Effect::StallAfter(1_000_000)));
    let run = stage.command(&["run", &stage.definition(samples::DAILY_SALES, "")]).spawn().unwrap();
    while stage.requests("PUT", "/v0/uploads") == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let killed = std::process::Command::new("kill").args(["-INT", &run.id().to_string()]).status();
    assert!(killed.unwrap().success());
    assert_eq!(crate::stage::ended(run).await.code, Some(130));
    let kept = history(&stage, &[]).await;
    assert_eq!(results(&kept), ["cancelled"]);
    assert_eq!(kept["runs"][0]["phase"], "upload");
    assert!(kept["runs"][0]["file_now"].as_str().unwrap().contains("there is no "), "{kept}");
    let shown = stage.run(&["history", "a-test"]).await;
    assert!(shown.out.starts_with("A test: no run has ended yet · none has ended well"), "{}", shown.out);
}
