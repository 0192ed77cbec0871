//! Whatever is pressed, in whatever order.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::*;
use writeback::testing::schedulers::LocalSchedules;
use writeback::testing::services::dataworld::Access;
use writeback::testing::services::domo::Ownership;
use writeback::testing::text::secret::Secret;
use writeback::testing::tui::wizard::{Effect, Field, Model, Msg, Page};

use crate::wizard::support::*;

fn keys() -> impl Strategy<Value = KeyEvent> {
    let code = prop_oneof![
        6 => prop::sample::select(vec![
            KeyCode::Tab, KeyCode::BackTab, KeyCode::Enter, KeyCode::Esc, KeyCode::Up, KeyCode::Down, KeyCode::Left,
            KeyCode::Right, KeyCode::Home, KeyCode::End, KeyCode::Backspace, KeyCode::Delete, KeyCode::PageUp,
            KeyCode::PageDown, KeyCode::F(1), KeyCode::F(2), KeyCode::F(5),
        ]),
        3 => prop::sample::select("nprwukae ?qcsbyolx/é".chars().collect::<Vec<_>>()).prop_map(KeyCode::Char),
        1 => any::<char>().prop_map(KeyCode::Char),
    ];
    let modifiers = prop_oneof![
        3 => Just(KeyModifiers::NONE),
        1 => Just(KeyModifiers::CONTROL),
        1 => Just(KeyModifiers::ALT),
        1 => Just(KeyModifiers::SHIFT),
    ];
    (code, modifiers).prop_map(|(code, modifiers)| KeyEvent::new(code, modifiers))
}

#[derive(Debug, Clone)]
enum Event {
    Key(KeyEvent),
    Paste(String),
    Tick,
    /// Every request is answered, well or badly.
    Answer(bool),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        20 => keys().prop_map(Event::Key),
        1 => prop_oneof![Just(DATA_SET.to_owned()), Just("acme/sales".to_owned()), any::<String>()].prop_map(Event::Paste),
        1 => Just(Event::Tick),
        4 => any::<bool>().prop_map(Event::Answer),
    ];
    prop::collection::vec(event, 0..120)
}

fn answers(effect: &Effect, well: bool) -> Vec<Msg> {
    let bad = || why("It failed.");
    match effect {
        Effect::TestDataWorld { request, .. } => vec![request.reply(well.then(user).ok_or_else(bad))],
        Effect::TestDomo { request, .. } => vec![request.reply(well.then(identity).ok_or_else(bad))],
        Effect::LookUpDataSet { request, id, .. } => {
            let data_set = well.then(|| named_data_set(id.as_str(), "Sales", 1_204_331)).ok_or_else(bad);
            [DataSetReply::DataSet(data_set), DataSetReply::Ownership(Ownership::Unknown)]
                .map(|reply| request.reply(reply))
                .into()
        }
        Effect::ListDataSets { request, .. } => {
            let [sales, costs] = [(DATA_SET, "Sales"), (OTHER_DATA_SET, "Costs")];
            let list = [sales, costs].map(|(id, name)| named_data_set(id, name, 1_204_331));
            pages(request, well.then(|| list.into()).ok_or_else(bad))
        }
        Effect::ListDatasets { request, .. } => {
            let list = vec![dataset("acme/sales", Access::Write), dataset("acme/costs", Access::Read)];
            pages(request, well.then_some(list).ok_or_else(bad))
        }
        Effect::LookUpDataset { request, key, .. } => {
            let dataset = well.then(|| dataset(&key.to_string(), Access::Write)).ok_or_else(bad);
            vec![request.reply(DatasetReply::Dataset(dataset))]
        }
        Effect::CreateDataset { request, .. } => {
            vec![request.reply(if well {
                CreateReply::Created(key("acme/new-one"))
            } else {
                CreateReply::Taken(bad())
            })]
        }
        Effect::SaveExport { request, .. } => {
            vec![request.reply(if well { saved_as("sales") } else { SaveReply::Failed(bad()) })]
        }
        Effect::AskSchedulers { request } => vec![request.reply(well.then(LocalSchedules::default).ok_or_else(bad))],
        _ => Vec::new(),
    }
}

fn pages<T: Send + 'static>(request: &Request<Page<T>>, list: Answer<Vec<T>>) -> Vec<Msg> {
    match list {
        Ok(list) => all(list).map(|page| request.reply(page)).into(),
        Err(why) => vec![request.reply(Page::Failed(why))],
    }
}

/// The texts typed into Details.
fn typed(model: &Model) -> [String; 3] {
    let details = &model.details;
    [Field::INPUT_DATA_SET, Field::DATASET_ID, Field::FILE_NAME].map(|field| details.values.text(field).to_owned())
}

/// An event may change typed text: it types, deletes, pastes, or takes from a list.
fn edits(event: &Event, model: &Model) -> bool {
    match event {
        Event::Key(key) => {
            let control = key.modifiers == KeyModifiers::CONTROL;
            let types = match key.code {
                KeyCode::Char('w' | 'u' | 'k' | '7' | '/' | '_') if control => true,
                KeyCode::Char(_) => key.modifiers.difference(KeyModifiers::SHIFT).is_empty(),
                code => matches!(code, KeyCode::Backspace | KeyCode::Delete),
            };
            types || (model.list.is_some() && matches!(key.code, KeyCode::Enter | KeyCode::Tab))
        }
        Event::Paste(_) => true,
        Event::Tick | Event::Answer(_) => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_no_text_is_lost(events in events(), start in 0..4) {
        let mut wizard = match start {
            0 => Wizard::first_start(),
            3 => Wizard::at_scheduling(),
            1 => Wizard::at_details(),
            _ => Wizard::filled_in(),
        };
        let mut answered = wizard.asked.len();
        for event in events {
            let before = typed(&wizard.model);
            let may_change = edits(&event, &wizard.model);
            match event {
                Event::Key(key) => {
                    wizard.tell(Msg::Key(key));
                }
                Event::Paste(text) => {
                    wizard.tell(Msg::Paste(Secret::new(text)));
                }
                Event::Tick => {
                    wizard.tell(Msg::Tick);
                }
                Event::Answer(well) => {
                    let open: Vec<Effect> = wizard.asked[answered..].to_vec();
                    answered = wizard.asked.len();
                    for reply in open.iter().flat_map(|effect| answers(effect, well)) {
                        wizard.tell(reply);
                    }
                }
            }
            if !may_change {
                let mut after = typed(&wizard.model);
                // A reply may propose a name for the file.
                if before[2].is_empty() {
                    after[2].clear();
                }
                prop_assert_eq!(after, before);
            }
            let fields = wizard.model.fields();
            prop_assert!(fields.contains(&wizard.model.focus), "{:?} has the focus among {fields:?}", wizard.model.focus);
        }
    }
}
