//! Tables on a terminal: they fit, while what is piped is whole.

use writeback::testing::sandbox::{Effect, Fault, Route, samples};

use crate::history::{numbered, quick};
use crate::pty::Pty;
use crate::stage::Stage;

const NAME: &str = "The daily sales of all regions with returns";
const SLUG: &str = "the-daily-sales-of-all-regions-with-returns";

/// An export with a long name that has run twice, once in vain.
async fn with_runs() -> Stage {
    let stage = quick().await;
    let exports = stage.home.path().join("exports");
    std::fs::create_dir_all(&exports).unwrap();
    let text = std::fs::read_to_string(numbered(&stage, "one", samples::QUOTED)).unwrap();
    let text = text.replace("Export one", NAME) + "[schedule]\nevery = \"day\"\nat = \"06:30\"\n";
    std::fs::write(exports.join(format!("{SLUG}.toml")), text).unwrap();
    assert_eq!(stage.run(&["run", SLUG]).await.code, Some(0));
    stage.sandbox.fault(Fault::once(Route::Upload, Effect::status(401, "{}")));
    assert_eq!(stage.run(&["run", SLUG]).await.code, Some(3));
    stage
}

/// Prints a command's output on a terminal of that width; the terminal may break no line of it.
fn printed(stage: &Stage, columns: u16, arguments: &str) -> Vec<String> {
    let mut variables = stage.sandbox.environment();
    variables.push(("WRITEBACK_HOME", stage.home.path().display().to_string()));
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let lines = std::cell::RefCell::new(Vec::new());
    Pty::writeback(columns, 200, arguments, &variables).wait_until("exit 0", |screen| {
        let rows: Vec<String> = screen.rows(0, columns).collect();
        let end = rows.iter().position(|row| row.starts_with("exit 0"));
        let broken: Vec<bool> = (0..end.unwrap_or(0)).map(|row| screen.row_wrapped(row as u16)).collect();
        *lines.borrow_mut() = rows[..end.unwrap_or(0)].to_vec();
        assert!(!broken.contains(&true), "{columns}: {:#?}", &rows[..3]);
        end.is_some()
    });
    lines.into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_line_is_wider_than_the_terminal() {
    let stage = with_runs().await;
    let piped = stage.run(&["exports", "list"]).await.out;
    assert!(piped.contains(&format!("{SLUG}  {NAME}  acme-analytics/sales-mart/sales  Every day")), "{piped}");
    let piped = stage.run(&["history", SLUG]).await.out;
    assert!(piped.contains(&format!("{NAME}  manual  done")), "{piped}");
    tokio::task::block_in_place(|| {
        let left_out = |arguments: &str, heads: &[&str]| {
            let head = &printed(&stage, 80, arguments)[0];
            heads.iter().all(|left_out| !head.contains(left_out))
        };
        assert!(left_out("exports list", &["Name", "Schedule"]));
        assert!(left_out("history", &["Kind", "Bytes", "File"]));
        for columns in [60, 80, 120] {
            for arguments in
                ["exports list", "history", &format!("history {SLUG}"), "ls", "ls acme-analytics/sales-mart"]
            {
                assert!(printed(&stage, columns, arguments).len() > 1);
            }
        }
    });
}
