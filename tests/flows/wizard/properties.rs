//! Whatever is pressed, in whatever order.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::*;
use writeback::testing::schedulers::LocalSchedules;
use writeback::testing::services::dataworld::Access;
use writeback::testing::services::domo::Ownership;
use writeback::testing::text::secret::Secret;
use writeback::testing::transfer::Outcome;
use writeback::testing::tui::wizard::{Effect, Model, Msg, Page, Reply, Request};

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

fn answers(effect: &Effect, well: bool) -> Vec<(Request, Reply)> {
    let bad = || why("It failed.");
    let (request, replies) = match effect {
        Effect::TestDataWorld { request, .. } => {
            (request, vec![Reply::DataWorldTested(well.then(user).ok_or_else(bad))])
        }
        Effect::TestDomo { request, .. } => (request, vec![Reply::DomoTested(well.then(identity).ok_or_else(bad))]),
        Effect::LookUpDataSet { request, id, .. } => (
            request,
            vec![
                Reply::DataSet(well.then(|| named_data_set(id.as_str(), "Sales", 1_204_331)).ok_or_else(bad)),
                Reply::Ownership(Ownership::Unknown),
            ],
        ),
        Effect::ListDataSets { request, .. } => {
            let list = all(vec![
                named_data_set(DATA_SET, "Sales", 1_204_331),
                named_data_set(OTHER_DATA_SET, "Costs", 1_204_331),
            ]);
            (request, if well { list.map(Reply::DataSets).into() } else { vec![Reply::DataSets(Page::Failed(bad()))] })
        }
        Effect::ListDatasets { request, .. } => {
            let list = all(vec![dataset("acme/sales", Access::Write), dataset("acme/costs", Access::Read)]);
            (request, if well { list.map(Reply::Datasets).into() } else { vec![Reply::Datasets(Page::Failed(bad()))] })
        }
        Effect::LookUpDataset { request, key, .. } => {
            (request, vec![Reply::Dataset(well.then(|| dataset(&key.to_string(), Access::Write)).ok_or_else(bad))])
        }
        Effect::CreateDataset { request, .. } => {
            (request, vec![Reply::DatasetCreated(well.then(|| key("acme/new-one")).ok_or_else(bad))])
        }
        Effect::SaveExport { request, .. } => {
            (request, vec![Reply::ExportSaved(well.then(|| "sales".to_owned()).ok_or_else(bad))])
        }
        Effect::AskSchedulers { request } => {
            (request, vec![Reply::LocalSchedules(well.then(LocalSchedules::default).ok_or_else(bad))])
        }
        Effect::StartRun { request, .. } => {
            (request, vec![Reply::Ended(Box::new(Outcome::Cancelled { file_now: None }))])
        }
        _ => return Vec::new(),
    };
    replies.into_iter().map(|reply| (*request, reply)).collect()
}

/// The texts typed into Details.
fn typed(model: &Model) -> [String; 3] {
    let details = &model.details;
    [&details.input.id, &details.output.id, &details.file.name].map(|input| input.value().to_owned())
}

/// An event may change typed text: it types, deletes, pastes, or takes from a list.
fn edits(event: &Event, model: &Model) -> bool {
    match event {
        Event::Key(key) => {
            let control = key.modifiers == KeyModifiers::CONTROL;
            let types = match key.code {
                KeyCode::Char('w' | 'u' | 'k') if control => true,
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
                    for (request, reply) in open.iter().flat_map(|effect| answers(effect, well)) {
                        wizard.reply_to(request, reply);
                    }
                }
            }
            if !may_change {
                prop_assert_eq!(typed(&wizard.model), before);
            }
            let fields = wizard.model.fields();
            prop_assert!(fields.contains(&wizard.model.focus), "{:?} has the focus among {fields:?}", wizard.model.focus);
        }
    }
}
