//! Help has the room that there is, on a low screen too.

use writeback::testing::accounts::{KeyringError, SecretHome};
use writeback::testing::export::Service;
use writeback::testing::services::domo::{Ownership, Preview};
use writeback::testing::tui::form::Intent;
use writeback::testing::tui::state::DataSetReply;
use writeback::testing::tui::wizard::{Effect, Field, Msg, Remote, Start, actions};

use crate::samples::{self, DATA_SET, account, start};
use crate::screen::{Driver as _, Wizard};
use crate::screens::every_two_weeks;

/// The text of a screen as one line, so that it does not matter where sentences wrap.
fn in_one_line(wizard: &Wizard, width: u16, height: u16) -> String {
    wizard.text(width, height).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn hints_are_whole_at_every_usual_size() {
    let mut advanced = Wizard::at_scheduling();
    advanced.press("Space Tab").type_text("2nd Sunday, 4th Sunday");
    let mut cron = Wizard::at_scheduling();
    cron.press("Space Space Tab").type_text("30 6 * * 1-5");
    let mut token = Wizard::first();
    token.press("Tab Tab Tab Right");
    let accounts = vec![account(Service::DataWorld, "analyst"), account(Service::Domo, "acme")];
    let saved = Wizard::with(Start { accounts, ..start() });
    let panes =
        [Wizard::first(), token, saved, Wizard::filled(), Wizard::at_scheduling(), every_two_weeks(), advanced, cron];
    for mut wizard in panes {
        for _ in wizard.model.fields() {
            for (width, height) in [(60, 15), (80, 24)] {
                let text = in_one_line(&wizard, width, height);
                let whole = text.contains(&wizard.model.focused().hint_on_screen("↓"));
                assert!(whole, "{:?} at {width}x{height}:\n{}", wizard.model.focus, wizard.text(width, height));
                assert!(text.contains('▌'), "{text}");
            }
            wizard.press("Tab");
        }
    }
}

#[test]
fn a_preview_takes_the_room_that_there_is_and_names_the_types() {
    let mut wizard = Wizard::at_details();
    wizard.paste(DATA_SET).answer();
    let text = wizard.text(120, 40);
    assert!(text.contains("date        region  store   units\n"), "{text}");
    assert!(text.contains("date        text    text   number\n"), "{text}");
    let names: Vec<String> = (1..=20).map(|column| format!("column_{column}")).collect();
    let rows = (1..=50).map(|row| names.iter().map(|name| format!("{name}:{row}")).collect()).collect();
    wizard.model.details.input.preview = Remote::Ready(Preview { columns: names, rows });
    for (width, height, columns) in [(100, 30, 3), (120, 40, 4), (200, 50, 9)] {
        let text = wizard.text(width, height);
        let shown = text.lines().filter(|line| line.contains("column_1:")).count();
        assert!(shown >= usize::from(height) - 21, "{shown} rows at {width}x{height}:\n{text}");
        assert!(text.contains(&format!("and {} more columns: column_{}", 20 - columns, columns + 1)), "{text}");
        assert!(in_one_line(&wizard, width, height).contains("DataSets."), "the hint is whole:\n{text}");
    }
}

#[test]
fn what_is_known_of_the_dataset_stands_under_its_name() {
    let mut wizard = Wizard::at_details();
    wizard.paste(DATA_SET).answer();
    for (width, height) in [(80, 24), (60, 15)] {
        let text = wizard.text(width, height);
        for part in ["✓ Daily Sales by Region", "1,204,331 rows · 14 columns · owner Ada Analyst", "updated 1 day ago"]
        {
            assert!(text.contains(part), "{part} at {width}x{height}:\n{text}");
        }
        for row in ["date        region  store  units", "2026-11-21  North   0412      37"] {
            assert!(text.contains(row), "the first rows at {width}x{height}:\n{text}");
        }
    }
    // Elsewhere it has one row.
    wizard.press("Tab");
    let text = wizard.text(60, 15);
    assert!(text.contains("owner Ada Analyst") && !text.contains("updated") && !text.contains("0412"), "{text}");
    // Beside the form it is said once.
    assert_eq!(wizard.press("Shift-Tab").text(100, 30).matches("1,204,331 rows").count(), 1);
}

#[test]
fn a_dataset_of_which_little_is_known_has_no_empty_rows() {
    let mut wizard = Wizard::at_details();
    wizard.ownership = Ownership::Unknown;
    wizard.paste(DATA_SET).reply(|effect| match effect {
        Effect::LookUpDataSet { request, .. } => {
            let mut data_set = samples::data_set();
            (data_set.rows, data_set.columns, data_set.owner_name) = (None, None, None);
            (data_set.updated, data_set.data_current) = (None, None);
            Some(request.reply(DataSetReply::DataSet(Ok(data_set))))
        }
        _ => None,
    });
    assert!(
        wizard.text(80, 24).contains("▌ ✓ Daily Sales by Region\n\n  data.world DataSet"),
        "{}",
        wizard.text(80, 24)
    );
}

#[test]
fn where_a_secret_will_be_kept_is_in_sight_where_it_is_typed() {
    let kept = "✓ Secrets are kept in GNOME Keyring, never in a file.";
    assert!(Wizard::first().text(60, 15).contains(kept));
    let mut without = Wizard::first();
    without.vault(SecretHome::Session(KeyringError::NoBus));
    let text = without.text(60, 15);
    assert!(text.contains("\n  data.world\n▌ API Token") && text.contains("DOMO_INSTANCE. "), "{text}");
    // With a saved account of data.world, Domo's secret is the first.
    let accounts = vec![account(Service::DataWorld, "analyst")];
    let mut wizard = Wizard::with(Start { accounts, ..start() });
    for secret in [Field::DOMO_CLIENT_SECRET, Field::DOMO_TOKEN] {
        wizard.tell(Msg::Intent(Intent::Focus(secret)));
        let text = wizard.text(60, 15);
        assert_eq!(text.matches(kept).count(), 1, "{text}");
        wizard.tell(Msg::Intent(Intent::Focus(Field::DOMO_METHOD))).press("Space");
    }
    let mut demo = Wizard::with(Start { demo: true, ..start() });
    demo.vault(SecretHome::Keyring("memory until the demo ends"));
    assert!(demo.text(80, 24).contains("✓ Secrets are kept in memory until the demo ends, never in a file."));
}

#[test]
fn no_key_of_the_help_is_cut_on_a_low_screen() {
    for mut wizard in [Wizard::at_review(), Wizard::filled(), Wizard::first()] {
        wizard.press("F1");
        let text = wizard.text(60, 15);
        for hint in actions::help(&wizard.model) {
            assert!(text.contains(&format!("{} ", hint.first.name)), "{}:\n{text}", hint.keys);
            assert!(text.contains(hint.label), "{}:\n{text}", hint.label);
        }
    }
}
