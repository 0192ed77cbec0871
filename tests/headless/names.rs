//! Names of files whose letters are composed in one way or another.

use writeback::testing::sandbox::{Options, samples};

use crate::stage::Stage;

const COMPOSED: &str = "Umsätze";
const APART: &str = "Umsa\u{308}tze";

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_replaced_however_the_letters_of_its_name_were_typed() {
    for composes_names in [false, true] {
        for there in [Some(COMPOSED), Some(APART), None] {
            for typed in [COMPOSED, APART] {
                let processing = std::time::Duration::from_millis(50);
                let stage = Stage::with(Options { processing, composes_names, ..Options::default() }).await;
                if let Some(there) = there {
                    // A service that composes names has none that is not composed.
                    let there = if composes_names { COMPOSED } else { there };
                    stage.old_file(&format!("{there}.csv"), "old");
                }
                let definition = stage.definition(samples::QUOTED, "");
                let text = std::fs::read_to_string(&definition).unwrap();
                std::fs::write(&definition, text.replace("daily-sales-copy", typed)).unwrap();
                let ran = stage.run(&["run", &definition]).await;
                assert_eq!(ran.code, Some(0), "{composes_names} {there:?} {typed}: {ran:?}");
                let files = [COMPOSED, APART].map(|name| stage.file(&format!("{name}.csv")));
                let files: Vec<_> = files.into_iter().flatten().collect();
                assert!(files.len() == 1 && files[0].size > 3, "{composes_names} {there:?} {typed}: {files:?}");

                let key = format!("{}/{}", samples::ORGANIZATION, samples::SALES_MART);
                let file = format!("{typed}.csv");
                let ran = stage.run(&["get", &key, &file, "-o", "-"]).await;
                assert_eq!(ran.code, Some(0), "{composes_names} {there:?} {typed}: {ran:?}");
                let ran = stage.run(&["ls", &key]).await;
                assert!(ran.out.contains(&format!("{COMPOSED}.csv")), "{ran:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_with_control_characters_is_refused_before_any_call() {
    let stage = Stage::new().await;
    for args in [
        &["get", "acme-analytics/sales-mart", "a\nb", "-o", "-"][..],
        &["get", "acme-analytics/sales\u{1}mart", "a.csv", "-o", "-"],
        &["ls", "acme\u{7}"],
        &["ls", "acme-analytics/sales\u{9b}mart"],
        &["run", &stage.definition("845305d8-da3d-4107-a9d6-13ef3f86d4a\\u0000", "")],
    ] {
        let ran = stage.run(args).await;
        assert!(matches!(ran.code, Some(1 | 2)), "{args:?}: {ran:?}");
    }
    assert_eq!(stage.sandbox.requests().len(), 0, "{:?}", stage.sandbox.requests());
}
