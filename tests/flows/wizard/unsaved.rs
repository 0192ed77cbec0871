//! An export that has run and is not saved is asked about before it is lost.

use crossterm::event::KeyCode;
use writeback::testing::transfer::Refusal;
use writeback::testing::tui::wizard::{Effect, Field, Next, Origin, Overlay, Severity, Step};

use crate::wizard::run::{done, failed};
use crate::wizard::support::*;

const WAYS: [(char, Next); 3] = [('h', Next::Home), ('q', Next::Quit), ('n', Next::New)];

fn weekly() -> SaveReply {
    saved_as("weekly")
}

/// A run that has gone well, of an export that is not saved, in a wizard that home comes after.
fn unsaved() -> Wizard {
    let mut wizard = done();
    wizard.model.origin = Origin::Program;
    wizard
}

/// The wizard has gone that way, with these effects.
fn has_gone(wizard: &Wizard, way: Next, effects: &[Effect]) -> bool {
    match way {
        Next::Home => effects.contains(&Effect::GoHome),
        Next::Quit => effects.contains(&Effect::Quit),
        Next::Run => wizard.model.step == Step::Run,
        Next::New => {
            wizard.model.step == Step::Details && wizard.model.details.values.text(Field::INPUT_DATA_SET).is_empty()
        }
    }
}

#[test]
fn each_way_out_asks_once_and_yes_saves_and_goes_on() {
    for (key, way) in WAYS {
        for yes in [KeyCode::Char('y'), KeyCode::Enter] {
            let mut wizard = unsaved();
            assert_eq!((wizard.press(KeyCode::Char(key)), wizard.model.overlay), (vec![], Some(Overlay::Unsaved(way))));
            let effects = wizard.press(yes);
            assert!(matches!(effects[..], [Effect::SaveExport { .. }]), "{effects:?}");
            let effects = wizard.reply(weekly());
            assert!(has_gone(&wizard, way, &effects), "{way:?}: {effects:?}");
            assert!(!effects.iter().any(|effect| matches!(effect, Effect::KeepDraft(_))), "{effects:?}");
            assert!(wizard.notice().starts_with("Saved."), "{}", wizard.notice());
        }
    }
}

#[test]
fn no_goes_on_without_saving_and_esc_stays() {
    for (key, way) in WAYS {
        let mut wizard = unsaved();
        wizard.press(KeyCode::Char(key));
        assert!(wizard.press(KeyCode::Esc).is_empty());
        assert_eq!((wizard.model.overlay, wizard.model.step), (None, Step::Run));
        wizard.press(KeyCode::Char(key));
        let effects = wizard.press(KeyCode::Char('n'));
        assert!(has_gone(&wizard, way, &effects), "{way:?}: {effects:?}");
        let keeps = |effect: &Effect| matches!(effect, Effect::KeepDraft(_) | Effect::SaveExport { .. });
        assert!(!effects.iter().any(keeps), "{effects:?}");
    }
}

#[test]
fn what_cannot_be_saved_is_not_left() {
    let mut wizard = unsaved();
    wizard.press(KeyCode::Char('h'));
    wizard.press(KeyCode::Char('y'));
    assert!(wizard.reply(SaveReply::Failed(why("The disk is full."))).is_empty());
    assert_eq!((wizard.model.step, wizard.notice()), (Step::Run, "The disk is full. Try again."));
    // Saved by its own key then, it stays to be read.
    wizard.press(KeyCode::Char('s'));
    assert!(wizard.reply(weekly()).is_empty());
}

#[test]
fn nothing_is_asked_where_nothing_would_be_lost() {
    for (key, way) in WAYS {
        let mut on_disk = unsaved();
        on_disk.press(KeyCode::Char('s'));
        on_disk.reply(weekly());
        let mut on_its_way = unsaved();
        on_its_way.press(KeyCode::Char('s'));
        let mut as_it_is_saved = unsaved();
        as_it_is_saved.model.touched = false;
        for mut wizard in [on_disk, on_its_way, as_it_is_saved] {
            let effects = wizard.press(KeyCode::Char(key));
            assert!(has_gone(&wizard, way, &effects), "{way:?}: {effects:?}");
        }
    }
    // A decision for good made after saving is not saved.
    let mut decided = Wizard::running();
    decided.reply(failed(Refusal::WouldShrink { old: 1_000, new: 10 }));
    decided.press(KeyCode::Char('s'));
    decided.reply(weekly());
    decided.press(KeyCode::Char('w'));
    decided.reply(RunReply::Ended(writeback::testing::transfer::Outcome::Done(crate::wizard::run::summary())));
    decided.press(KeyCode::Char('q'));
    assert_eq!(decided.model.overlay, Some(Overlay::Unsaved(Next::Quit)));
}

#[test]
fn what_has_not_gone_well_is_kept_to_be_gone_on_with_and_the_demo_which_keeps_nothing_asks() {
    for (key, way) in WAYS {
        let mut wizard = Wizard::running();
        wizard.model.origin = Origin::Program;
        wizard.reply(failed(Refusal::Moved));
        let effects = wizard.press(KeyCode::Char(key));
        assert!(matches!(effects.first(), Some(Effect::KeepDraft(_))), "{way:?}: {effects:?}");
        assert!(has_gone(&wizard, way, &effects), "{way:?}: {effects:?}");
        if way != Next::Quit {
            let notice = wizard.model.notice.as_ref().map(|notice| notice.severity);
            assert_eq!(
                (wizard.notice(), notice),
                ("What you entered is kept, except for secrets, and offered next time.", Some(Severity::Info))
            );
        }
        let mut demo = Wizard::running();
        (demo.model.origin, demo.model.demo) = (Origin::Program, true);
        demo.reply(failed(Refusal::Moved));
        assert!(demo.press(KeyCode::Char(key)).is_empty());
        assert_eq!(demo.model.overlay, Some(Overlay::Unsaved(way)));
    }
}
