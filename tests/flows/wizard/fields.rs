//! Consequences of the declaration of a field: whatever is declared can be reached, drawn, asked line by line, and
//! restored from a draft.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crossterm::event::KeyCode;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use writeback::testing::export::{Append, Label};
use writeback::testing::services::dataworld::Access;
use writeback::testing::services::domo::Ownership;
use writeback::testing::text::secret::Secret;
use writeback::testing::tui::form::{Intent, Kind, Value, lines};
use writeback::testing::tui::screen::{HitMap, HitTarget, Theme, draw_wizard};
use writeback::testing::tui::state::{Answer, DatasetReply};
use writeback::testing::tui::wizard::{
    Draft, Effect, Field, Model, Msg, Origin, Start, Step, all_fields, review, spec,
};

use crate::wizard::scheduling::every_two_weeks;
use crate::wizard::support::*;

/// Wizards from which every field comes in sight by choices alone.
const STARTS: [fn() -> Wizard; 9] = [
    || Wizard::started(start_of(&["acme"])),
    || details(Ownership::Unknown),
    || details(Ownership::SeesAll),
    || {
        let mut wizard = details(Ownership::Proven);
        wizard.tell(Msg::Intent(Intent::Open(Field::DATASET)));
        wizard.tell(Msg::Intent(Intent::Create));
        wizard
    },
    || {
        let mut wizard = Wizard::filled_in();
        wizard.tell(Msg::Intent(Intent::Choose(Field::APPEND, 1)));
        wizard.tell(Msg::Intent(Intent::Next));
        wizard
    },
    || {
        let mut wizard = Wizard::at_scheduling();
        wizard.tell(Msg::Intent(Intent::Next));
        wizard
    },
    Wizard::at_review,
    || {
        let mut wizard = Wizard::at_review();
        wizard.tell(Msg::Intent(Intent::Choose(Field::SAVE, 0)));
        wizard.reply(saved_as("sales"));
        wizard
    },
    || {
        let mut wizard = every_two_weeks();
        wizard.model.origin = Origin::Program;
        wizard.on_to_review();
        wizard
    },
];

fn details(ownership: Ownership) -> Wizard {
    let mut wizard = Wizard::at_details();
    wizard.paste(DATA_SET);
    wizard.found(ownership);
    all(vec![dataset("acme/sales", Access::Write)]).into_iter().for_each(|page| drop(wizard.reply(page)));
    wizard.tell(Msg::Intent(Intent::Open(Field::DATASET)));
    wizard.tell(Msg::Intent(Intent::Pick(0)));
    wizard.reply(DatasetReply::Dataset(Ok(dataset("acme/sales", Access::Write))));
    wizard
}

/// A wizard for each field that can be shown, in which it is.
fn shown() -> BTreeMap<Field, (usize, Vec<Intent>)> {
    let mut found = BTreeMap::new();
    for (at, start) in STARTS.iter().enumerate() {
        let mut seen = BTreeSet::new();
        let mut open = VecDeque::from([Vec::new()]);
        while let Some(way) = open.pop_front() {
            let wizard = after(start(), &way);
            let fields = wizard.model.fields();
            if !seen.insert(fields.clone()) {
                continue;
            }
            for field in fields {
                found.entry(field).or_insert((at, way.clone()));
                let options = match spec(field).kind {
                    Kind::Check => 2,
                    Kind::Choice(_) | Kind::Item { .. } => spec(field).choices(&wizard.model).len(),
                    _ => 0,
                };
                open.extend((0..options).map(|option| [way.clone(), vec![Intent::Choose(field, option)]].concat()));
            }
        }
    }
    found
}

fn after(mut wizard: Wizard, way: &[Intent]) -> Wizard {
    way.iter().for_each(|intent| drop(wizard.tell(Msg::Intent(intent.clone()))));
    wizard
}

fn areas(model: &Model) -> HitMap {
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let mut areas = HitMap::default();
    terminal.draw(|frame| areas = draw_wizard(frame, model, "", &Theme::color())).unwrap();
    areas
}

#[test]
fn each_name_stands_for_one_field_and_no_draft_keeps_a_secret() {
    let mut names = BTreeSet::new();
    for (_, spec) in all_fields() {
        let name = spec.field.name();
        assert!(names.insert(name), "{name} is declared twice");
        assert!(!name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
        assert!(!spec.label.is_empty(), "{name}");
        assert!(!(spec.is_secret() && spec.is_kept), "{name}");
    }
}

#[test]
fn every_declared_field_is_reached_drawn_and_asked_line_by_line() {
    let shown = shown();
    let mut questions = BTreeSet::new();
    for (step, spec) in all_fields() {
        let field = spec.field;
        let (start, way) = shown.get(&field).unwrap_or_else(|| panic!("{field:?} is never shown"));
        let mut wizard = after(STARTS[*start](), way);
        assert_eq!(wizard.model.step, step);
        wizard.focus(field);
        let drawn = areas(&wizard.model)
            .iter()
            .any(|(_, target)| matches!(target, HitTarget::Field(at) | HitTarget::Choice(at, _) if at == field));
        assert!(drawn, "{field:?} is not drawn");
        if matches!(spec.kind, Kind::Button) {
            continue;
        }
        let question = lines::question(spec, &wizard.model, wizard.model.values(), false).pop().unwrap();
        assert!(question.starts_with(spec.spoken_label()) && question.ends_with(':'), "{question}");
        assert!(questions.insert((step, question.clone(), *start)), "{question} is asked for two fields");
        let help = lines::help(spec);
        assert!(help.len() > lines::COMMANDS.len() + 10 && !help.contains('↓') && !help.contains("below"), "{help}");
        assert!(!spec.hint_on_screen("↓").contains("\"list\""));
    }
}

#[test]
fn all_options_of_a_field_are_in_sight() {
    let shown = shown();
    for (_, spec) in all_fields().filter(|(_, spec)| !matches!(spec.kind, Kind::Button)) {
        let (start, way) = &shown[&spec.field];
        let mut wizard = after(STARTS[*start](), way);
        wizard.focus(spec.field);
        for (width, height) in [(60, 15), (80, 24), (100, 30), (120, 40)] {
            let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
            let mut areas = HitMap::default();
            terminal.draw(|frame| areas = draw_wizard(frame, &wizard.model, "", &Theme::color())).unwrap();
            for (at, option) in spec.choices(&wizard.model).into_iter().enumerate() {
                let area = areas.iter().find(|(_, target)| *target == HitTarget::Choice(spec.field, at));
                let (area, _) = area.unwrap_or_else(|| panic!("{option} of {:?} at {width}x{height}", spec.field));
                let drawn: String = area.positions().map(|place| terminal.backend().buffer()[place].symbol()).collect();
                let label: String = drawn.chars().skip("(•) ".chars().count()).collect();
                assert_eq!(label, option, "{:?} at {width}x{height}", spec.field);
            }
        }
    }
}

#[test]
fn check_boxes_in_a_row_are_turned_by_keys_clicks_and_pastes() {
    let (start, way) = shown().remove(&Field::ON_DAYS).unwrap();
    let mut wizard = after(STARTS[start](), &way);
    let chosen =
        |wizard: &Wizard| wizard.model.scheduling.values.chosen(Field::ON_DAYS).iter().copied().collect::<Vec<_>>();
    wizard.focus(Field::ON_DAYS);
    wizard.press(KeyCode::Char(' '));
    wizard.press(KeyCode::Right);
    wizard.press(KeyCode::Char(' '));
    assert_eq!(chosen(&wizard), [0, 1]);
    wizard.press(KeyCode::Char(' '));
    wizard.type_text("tt ");
    assert_eq!(chosen(&wizard), [0, 1], "letters go to the days that begin so: Thursday, and Tuesday again");
    wizard.press(KeyCode::Tab);
    assert_ne!(wizard.model.focus, Field::ON_DAYS);
    wizard.tell(Msg::Intent(Intent::Choose(Field::ON_DAYS, 4)));
    assert_eq!(chosen(&wizard), [0, 1, 4], "a click");
    wizard.paste("mon-wed, Saturdays");
    assert_eq!(chosen(&wizard), [0, 1, 2, 5]);
    wizard.paste("moonday");
    assert_eq!(chosen(&wizard), [0, 1, 2, 5]);
}

#[test]
fn every_field_that_is_kept_is_restored_from_a_draft() {
    let shown = shown();
    for (step, spec) in all_fields().filter(|(_, spec)| spec.is_kept) {
        let field = spec.field;
        let (start, way) = &shown[&field];
        let wizard = after(STARTS[*start](), way);
        let intents = match (&spec.kind, wizard.model.value(field)) {
            (Kind::Pick, _) => vec![Intent::Open(field), Intent::Pick(0)],
            (Kind::Several(_), _) => vec![Intent::Choose(field, 0)],
            (Kind::Check, Value::Check(on)) => vec![Intent::Choose(field, usize::from(!on))],
            (Kind::Choice(choices), Value::Choice(index)) => vec![Intent::Choose(field, (index + 1) % choices.len())],
            _ => vec![Intent::Set(field, Secret::new("7"))],
        };
        let mut wizard = after(wizard, &intents);
        let changed = entered(wizard.model.value(field));
        let effects = wizard.tell(Msg::Ending);
        let [Effect::KeepDraft(draft)] = &effects[..] else { panic!("{field:?}: {effects:?}") };
        let draft: Draft = toml::from_str(&toml::to_string(draft).unwrap()).unwrap();
        let mut again = Wizard::started(Start { drafts: vec![draft], ..start_of(&["acme"]) });
        assert_ne!(entered(at(&mut again.model, step).value(field)), changed, "{field:?} has not changed");
        at(&mut again.model, Step::Credentials);
        again.press(KeyCode::Char('y'));
        assert_eq!(entered(at(&mut again.model, step).value(field)), changed, "{field:?}");
    }
}

/// The value, without what its editing leaves behind.
fn entered(value: &Value) -> String {
    match value {
        Value::Text(input) => input.value().to_owned(),
        value => format!("{value:?}"),
    }
}

fn at(model: &mut Model, step: Step) -> &Model {
    model.step = step;
    model
}

/// As versions wrote it that knew the fields by an enum.
#[test]
fn a_draft_of_an_earlier_version_is_restored() {
    let text = format!(
        "began = \"2026-11-22T12:00:00Z\"\nleft_at = [3, {{ file-label = 3 }}]\ndataset = \"acme/sales\"\n\
         file = \"daily-sales.csv\"\nlabels = [\"clean data\"]\n[dataworld]\naccount = \"acme\"\n[domo]\n\
         account = \"acme\"\n[fields]\ninput-data-set = \"{DATA_SET}\"\nowner-confirmed = true\ndataset-method = 0\n\
         file-method = 0\nappend = 1\nretry-minutes = \"7\"\nexport-name = \"Weekly\"\n"
    );
    let draft: Draft = toml::from_str(&text).unwrap();
    let mut wizard = Wizard::started(Start { drafts: vec![draft], ..start_of(&["acme"]) });
    wizard.press(KeyCode::Char('y'));
    wizard.reply(Answer::Ok(user()));
    wizard.reply(Answer::Ok(identity()));
    wizard.found(Ownership::Unknown);
    wizard.reply(DatasetReply::Dataset(Ok(dataset("acme/sales", Access::Write))));
    assert_eq!((wizard.model.step, wizard.model.focus), (Step::Describe, Field::FILE_LABELS));
    let export = review::export(&wizard.model).unwrap();
    assert_eq!((export.name.as_str(), export.output.append), ("Weekly", Append::Date));
    assert_eq!(
        (export.output.dataset.to_string(), export.output.file.to_string()),
        ("acme/sales".into(), "daily-sales".into())
    );
    assert_eq!((export.output.labels, export.input.owner_confirmed), (vec![Label::CleanData], true));
    assert_eq!(wizard.model.scheduling.values.text(Field::RETRY_MINUTES), "7");
}

#[test]
fn back_from_the_description_of_a_new_dataset_returns_to_the_pane() {
    let mut wizard = STARTS[3]();
    assert!(wizard.model.fields().contains(&Field::NEW_TITLE));
    wizard.tell(Msg::Intent(Intent::Back));
    assert_eq!((wizard.model.step, wizard.model.focus), (Step::Details, Field::DATASET));
    assert!(!wizard.model.fields().contains(&Field::NEW_TITLE));
}

#[test]
fn an_intent_for_a_field_that_is_not_shown_reaches_no_other_one() {
    let mut wizard = Wizard::first_start();
    let before = format!("{:?}", wizard.model);
    for intent in [
        Intent::Set(Field::DOMO_TOKEN, Secret::new(TOKEN)),
        Intent::Set(Field::EXPORT_NAME, Secret::new("Sales")),
        Intent::Choose(Field::APPEND, 1),
        Intent::Open(Field::FILES),
        Intent::Focus(Field::SAVE_AND_RUN),
        Intent::Pick(0),
        Intent::Create,
    ] {
        assert!(wizard.tell(Msg::Intent(intent)).is_empty());
        assert_eq!(format!("{:?}", wizard.model), before);
    }
}
