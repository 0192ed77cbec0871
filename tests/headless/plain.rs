//! The wizard line by line, from answers that are written down.

use writeback::testing::sandbox::samples;

use crate::stage::{Ran, Stage};

async fn answered(stage: &Stage, args: &[&str], answers: &[&str]) -> Ran {
    let ran = stage.run_with(args, &format!("{}\n", answers.join("\n"))).await;
    assert!(!format!("{ran:?}").contains(r"\u{1b}"), "an escape sequence: {ran:?}");
    ran
}

#[tokio::test]
async fn an_export_is_described_run_and_saved_by_answers_alone() {
    let stage = Stage::new().await;
    let data_set = samples::DAILY_SALES;
    #[rustfmt::skip]
    let answers = [
        // Credentials: a token that has expired, then one that has not. Domo: from the environment.
        "2", samples::EXPIRED, "", "", "", samples::READ_WRITE,
        // Details: a mistake, help, a list that is narrowed, a change of mind.
        "no id", data_set, "", "help", "sales-mart", "1", "2", "wrong name", "back", "by-lines", "2",
        // Scheduling.
        "", "every day", "", "06:30", "", "", "", "", "", "", "", "", "", "", "", "", "", "",
    ];
    let ran = answered(&stage, &["new", "--plain"], &answers).await;
    // The answers have ended before the questions have.
    assert_eq!(ran.code, Some(130), "{ran:?}");
    for part in [
        "At any question: help, back, quit.\n",
        "  2. a new account…\ndata.world account, a number [1, from environment]:\n",
        "data.world API Token, which is not shown:\n",
        "Error: data.world API Token:",
        "data.world: Ana Lyst (analyst).",
        "Error: That is not a DataSet ID.",
        "DataSet: Daily Sales by Region, 240,000 rows.",
        "The data.world dataset that the file goes to. \"back\" goes back, and \"quit\" leaves.\n",
        "(1 of 139 for \"sales-mart\"), \"new\":",
        // A question is asked again after a refusal or help; rows that were heard are not said again.
        "narrow the list (all 139), \"more\", \"new\":\nThe data.world dataset",
        "\"new\" makes a dataset on data.world.\ndata.world DataSet, a number,",
        "acme-analytics/sales-mart: you may write here.",
        "Next file: by-lines_",
        "Step 3 of 5: Scheduling.",
        "Start time",
    ] {
        assert!(ran.out.contains(part), "no {part} in\n{}", ran.out);
    }
    for secret in [samples::EXPIRED, samples::READ_WRITE] {
        assert!(!ran.out.contains(&secret[..20]) && !ran.err.contains(&secret[..20]));
    }

    #[rustfmt::skip]
    let answers = [
        // The draft is not continued.
        "2",
        "", "", data_set, "", "sales-mart", "1", "", "by-lines", "",
        // Scheduling, and Name & Describe.
        "", "", "", "", "By lines", "For a test", "", "", "", "", "", "", "",
        // Run once; then go back, save, and leave.
        "3", "save", "2", "1", "quit",
    ];
    let ran = answered(&stage, &["new", "--plain"], &answers).await;
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.out, ran.err);
    assert!(
        ran.out.contains("You started the export Daily Sales by Region on ") && ran.out.contains("1. continue with it"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("✓ 240,000 rows") && ran.out.contains("writeback run by-lines"), "{}", ran.out);
    assert!(ran.err.contains("✓ Proof"), "{}", ran.err);
    // A button keeps its number when the export is saved.
    for menu in
        ["  1. Save\n  2. Save and run\n  3. Run once\n", "  1. Save changes\n  2. Save and run\n  3. Run once\n"]
    {
        assert!(ran.out.contains(menu), "no {menu} in\n{}", ran.out);
    }
    assert!(stage.file("by-lines.csv").is_some());
    let saved = std::fs::read_to_string(stage.home.path().join("exports/by-lines.toml")).unwrap();
    assert!(saved.contains("description = \"For a test\""), "{saved}");

    // Saved values come back in brackets.
    let ran = answered(&stage, &["edit", "by-lines", "--plain"], &["", "", "quit"]).await;
    assert_eq!(ran.code, Some(0));
    assert!(ran.out.contains(&format!("Input DataSet ID, or \"list\" [{data_set}]:")), "{}", ran.out);
}

#[tokio::test]
async fn an_edit_changes_what_was_answered_and_nothing_else_of_what_was_written_by_hand() {
    let stage = Stage::new().await;
    let text = "# Owner: the sales team.\nname = 'A test'\n\n[checks] # none\nallow_empty = true\n\n[output]\n\
                # Where it goes.\ndataset = \"https://data.world/acme-analytics/sales-mart\"\n\
                file = \"daily.csv\" # one a day\n\n[input]\nowner_confirmed = true\n";
    let text = format!("{text}dataset = \"{}\"\n", samples::DAILY_SALES);
    let path = stage.home.path().join("exports/a-test.toml");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, &text).unwrap();
    let described = text.replace("'A test'\n", "'A test'\ndescription = \"For the board\"\n");
    for (description, expected) in [("", text.clone()), ("For the board", described)] {
        #[rustfmt::skip]
        let answers = [
            // Credentials, Details, and Scheduling.
            "", "", "", "", "", "", "", "", "", "", "", "",
            // Name & Describe; then save, and leave.
            "", description, "", "", "", "", "", "", "", "1", "quit",
        ];
        let ran = answered(&stage, &["edit", "a-test", "--plain"], &answers).await;
        assert_eq!(ran.code, Some(0), "{}\n{}", ran.out, ran.err);
        assert!(ran.out.contains("Saved"), "{}", ran.out);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), expected, "{}", ran.out);
    }
}

#[tokio::test]
async fn a_schedule_is_answered_as_people_write_it() {
    let stage = Stage::new().await;
    #[rustfmt::skip]
    let answers = [
        "", "", samples::DAILY_SALES, "", "sales-mart", "1", "", "by-hand", "",
        // Scheduling: the days are mended, and the zone is found in its list.
        "", "Every week", "", "moonday", "mon-fri", "7:30 pm", "1 Dec 2096", "list", "new york", "1", "", "", "",
        // Name & Describe, and save.
        "By hand", "", "", "2, report", "2", "quit",
    ];
    let ran = answered(&stage, &["new", "--plain"], &answers).await;
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.out, ran.err);
    for part in [
        "  7. Sun\nOn which days, numbers or names:\nError: Enter numbers from 1 to 7, like 1, 3.",
        "Time zone, or \"list\" [UTC]:",
        "  1. America/New_York, ",
        "Monday, Tuesday, Wednesday, Thursday and Friday at 19:30, from 1 Dec 2096, America/New_York\nNext runs: ",
        "  6. report\nLabels of the file, numbers or names [none]:",
    ] {
        assert!(ran.out.contains(part), "no {part} in\n{}", ran.out);
    }
    let saved = std::fs::read_to_string(stage.home.path().join("exports/by-hand.toml")).unwrap();
    for part in ["at = \"19:30\"", "start = \"2096-12-01\"", "\"friday\"", "\"America/New_York\"", "documentation"] {
        assert!(saved.contains(part), "no {part} in\n{saved}");
    }
}

#[tokio::test]
async fn a_refused_export_says_what_may_be_allowed() {
    let stage = Stage::new().await;
    #[rustfmt::skip]
    let answers = [
        "", "", samples::HASH_ROWS, "", "sales-mart", "1", "", "hashes", "",
        "", "", "", "", "Hashes", "", "", "", "", "", "", "", "",
        // Save and run; the first thing that may be done is to quote; then leave.
        "2", "1", "quit",
    ];
    let ran = answered(&stage, &["new", "--plain"], &answers).await;
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.out, ran.err);
    assert!(ran.out.contains("rows that begin with #") && ran.out.contains("1. quote these fields"), "{}", ran.out);
    assert!(!ran.out.contains("scroll"), "there is no screen: {}", ran.out);
    assert!(stage.file("hashes.csv").is_some(), "{}\n{}", ran.out, ran.err);
    let saved = std::fs::read_to_string(stage.home.path().join("exports/hashes.toml")).unwrap();
    assert!(saved.contains("hash_rows = \"quote\""), "what is always to be done is saved: {saved}");
}

#[tokio::test]
async fn an_answer_that_is_refused_is_not_taken_by_enter_either() {
    let stage = Stage::new().await;
    let ran = answered(&stage, &["new", "--plain"], &["", "", "no id", "", ""]).await;
    assert_eq!(ran.out.matches("Error: That is not a DataSet ID.").count(), 3, "{}", ran.out);
    assert!(!ran.out.contains("Select data.world DataSet Method"), "{}", ran.out);
}

#[tokio::test]
async fn an_empty_answer_to_what_is_required_is_refused_at_once_and_asked_again() {
    let stage = Stage::new().await;
    #[rustfmt::skip]
    let answers = [
        // Credentials: no token, one that is taken back, then one. Domo: no client id, no secret.
        "2", "", "-", samples::READ_WRITE, "", "", "2", "", "", samples::CLIENT_ID, "", samples::CLIENT_SECRET, "",
        // Details: no DataSet, none from its list; nobody's word that they own it; no dataset, no file.
        "", "list", "", "back", samples::NOT_OWNED, "", "no", "yes", "", "", "sales-mart", "1",
        "1", "", "back", "2", "-", "by-lines", "",
        // Scheduling: no days, as only the interval says whether there have to be any; no interval.
        "2", "", "2", "-", "15 minutes", "", "", "", "", "", "", "", "",
        // Name & Describe: no name.
        "-", "By lines", "quit",
    ];
    let ran = answered(&stage, &["new", "--plain"], &answers).await;
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.out, ran.err);
    for (question, error, times) in [
        ("data.world API Token, which is not shown:", "Enter the API Token.", 2),
        ("Domo client id:", "Enter the client id.", 1),
        ("Domo client secret, which is not shown:", "Enter the client secret.", 1),
        ("Input DataSet ID, or \"list\":", "Enter the Input DataSet ID: ", 1),
        ("Input DataSet ID, a number,", "Enter the Input DataSet ID: ", 1),
        ("I am an owner or co-owner of this DataSet, yes or no:", "Confirm that you are an owner or co-owner. ", 2),
        ("data.world DataSet, a number,", "Choose a data.world dataset from the list, or enter its id instead.", 1),
        ("Files, a number,", "Choose a file from the list, or enter a name instead.", 1),
        ("File Name [general-ledger]:", "Enter a file name, without the extension.", 1),
        ("Every [15 minutes]:", "Enter an interval like 15 minutes or 8 hours.", 1),
        ("Name of the export [General Ledger]:", "Enter a name for the export.", 1),
    ] {
        let refused = ran.out.lines().zip(ran.out.lines().skip(1)).filter(|(asked, said)| {
            asked.starts_with(question) && said.strip_prefix("Error: ").is_some_and(|said| said.starts_with(error))
        });
        assert_eq!(refused.count(), times, "{question} {error}\n{}", ran.out);
    }
    // Each was refused where it was asked, and none at the end of its pane, where the field is named.
    assert!(!ran.out.contains("Error: data.world API Token:") && ran.out.contains("Step 4 of 5"), "{}", ran.out);
    // Days are none of those.
    assert!(
        ran.out.contains(
            "Days of the month [empty]:\n  1. at a time\n  2. at an interval\nRuns, a number [1, at a time]:"
        ),
        "{}",
        ran.out
    );
}

#[tokio::test]
async fn whoever_leaves_is_told_what_is_kept_and_a_wrong_number_asks_again() {
    let stage = Stage::new().await;
    let ran = answered(&stage, &["new", "--plain"], &["7", "help", "", "", samples::DAILY_SALES, "quit"]).await;
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.out, ran.err);
    let question = "  1. from environment\n  2. a new account…\ndata.world account, a number [1, from environment]:\n";
    assert_eq!(ran.out.matches(question).count(), 3, "{}", ran.out);
    assert!(ran.out.contains(&format!("\nError: Enter a number from 1 to 2.\n{question}")), "{}", ran.out);
    assert!(ran.out.ends_with("What you entered is kept, except for secrets, and offered next time.\n"), "{}", ran.out);
    // At what is offered then, too.
    let ran = answered(&stage, &["new", "--plain"], &["3", "2", "quit"]).await;
    let menu = "  1. continue with it\n  2. start over\nWhat next, a number:\n";
    assert!(
        ran.out.contains(&format!(
            "\nError: Enter a number from 1 to 2. \"back\" goes back, and \"quit\" leaves.\n{menu}"
        ))
    );
    assert!(!ran.out.contains("is kept"), "there is nothing: {}", ran.out);
}

#[tokio::test]
async fn a_dataset_is_made_line_by_line_and_back_leaves_its_description() {
    let stage = Stage::new().await;
    #[rustfmt::skip]
    let answers = [
        // Credentials; then Details, as far as the description of a dataset, and back.
        "", "", samples::DAILY_SALES, "", "new", "back",
        // Once more, with a title that is refused first.
        "new", "", "-", "Line by line", "",
        // The pane once more, with the dataset.
        "", "", "", "", "by-lines", "", "quit",
    ];
    let ran = answered(&stage, &["new", "--plain"], &answers).await;
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.out, ran.err);
    for part in [
        "Title of the new dataset:\nError: Enter a title for the new dataset.\n",
        "analyst/line-by-line was created.\n",
        "data.world DataSet, a number, or words that narrow the list",
        "[analyst/line-by-line]:\n",
        "Next file: by-lines.csv.\n",
        "Step 3 of 5: Scheduling.",
    ] {
        assert!(ran.out.contains(part), "no {part} in\n{}", ran.out);
    }
    assert_eq!(ran.out.matches("Owner of the new dataset, a number [1, analyst]:").count(), 2, "{}", ran.out);
    assert!(!ran.out.contains("Error: Enter a file name"), "it was not asked for yet: {}", ran.out);
}
