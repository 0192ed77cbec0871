//! Lists that values are chosen from. A list opens with all of its items and the cursor on the present choice; what is
//! typed or pasted narrows it, unless it is an address or id, which is a choice of its own.

use super::details::{input, output};
use super::{Effect, Field, List, Model, Value, details, intents, spec};
use crate::export::schedule::parse_zone;
use crate::export::{DataSetAddress, DatasetKey};
use crate::text::secret::Secret;
use crate::tui::state::AnyPicker;

impl List {
    fn of(field: Field) -> Option<Self> {
        Some(match field {
            Field::INPUT_DATA_SET => Self::DataSets,
            Field::DATASET => Self::Datasets,
            Field::FILES => Self::Files,
            Field::TIME_ZONE => Self::Zones,
            _ => return None,
        })
    }

    /// The text is a choice by itself, whether or not the list has it.
    fn takes(self, text: &str) -> bool {
        match self {
            Self::DataSets => text.parse::<DataSetAddress>().is_ok(),
            Self::Datasets => text.parse::<DatasetKey>().is_ok(),
            Self::Files => false,
            Self::Zones => parse_zone(text).is_ok(),
        }
    }
}

/// Opens the list of the focused field.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    open_with(model, "")
}

pub(super) fn open_with(model: &mut Model, filter: &str) -> Vec<Effect> {
    let Some(list) = List::of(model.focus) else { return Vec::new() };
    model.list = Some(list);
    if list == List::Zones {
        model.scheduling.list_zones(model.zone, model.now);
    }
    set_filter(model, filter);
    load(model)
}

/// Opens the list for what was typed into its field, which gets its former text back.
pub(super) fn open_with_typed(model: &mut Model) -> Vec<Effect> {
    let (focus, typed) = (model.focus, model.values().trimmed(model.focus).to_owned());
    model.restore();
    [model.step.pane().changed(model, focus), open_with(model, &typed)].concat()
}

/// Moves the focus from a method to its field, and opens the list.
pub(super) fn open_below(model: &mut Model) -> Vec<Effect> {
    model.focus = details::field_of_method(model, model.focus).unwrap_or(model.focus);
    open(model)
}

/// Asks for the items of the open list, unless they are there.
pub(super) fn load(model: &mut Model) -> Vec<Effect> {
    let effect = match model.list {
        Some(List::DataSets) => input::ask_list(model),
        Some(List::Datasets) => output::ask_list(model),
        Some(List::Files) => output::ask_files(model),
        Some(List::Zones) | None => None,
    };
    effect.into_iter().collect()
}

pub(super) fn set_filter(model: &mut Model, filter: &str) {
    if let Some(picker) = model.picker_mut() {
        picker.search_mut().filter = filter.into();
        picker.refilter();
        point_at_choice(model);
    }
}

/// Moves the cursor of the open list to the present choice, unless it was moved already.
pub(super) fn point_at_choice(model: &mut Model) {
    let details = &mut model.details;
    match model.list {
        Some(List::DataSets) => {
            let id = details.address().ok().map(|address| address.id);
            details.input.list.point_at_choice(|data_set| Some(&data_set.id) == id.as_ref());
        }
        Some(List::Datasets) => {
            let key = details.key().ok();
            details.output.list.point_at_choice(|dataset| Some(&dataset.key) == key.as_ref());
        }
        Some(List::Files) => {
            let name = details.values.picked(Field::FILES).map(str::to_owned);
            details.files.point_at_choice(|file| Some(&file.name) == name.as_ref());
        }
        Some(List::Zones) => {
            let zone = model.scheduling.zone().ok();
            model.scheduling.zones.point_at_choice(|row| Some(row.zone) == zone);
        }
        None => {}
    }
}

/// Takes the item under the cursor.
pub(super) fn pick(model: &mut Model) -> Vec<Effect> {
    let Some(list) = model.list else { return Vec::new() };
    let focus = model.focus;
    let effect = match list {
        List::DataSets => input::pick(model),
        List::Datasets => output::pick(model),
        List::Files => {
            if let Some(file) = model.details.files.under_cursor() {
                let name = file.name.clone();
                model.details.values.set(Field::FILES, Value::Picked(Some(name)));
                model.list = None;
            }
            None
        }
        List::Zones => {
            if let Some(row) = model.scheduling.zones.under_cursor() {
                let name = row.zone.name();
                model.scheduling.values.set(Field::TIME_ZONE, Value::text(name));
                model.list = None;
            }
            None
        }
    };
    if model.list.is_none() {
        model.errors.remove(&focus);
        model.advancing = false;
        model.touch();
        model.stop_heading();
    }
    effect.into_iter().collect()
}

/// Takes a text for the open list, as the field of the list does; `None` if it is not a choice by itself.
pub(super) fn enter_in_list(model: &mut Model, text: &Secret) -> Option<Vec<Effect>> {
    let list = model.list.filter(|list| list.takes(text.expose()))?;
    model.list = None;
    Some(enter(model, list, text))
}

/// Takes a choice for the focused field, which has that list.
fn enter(model: &mut Model, list: List, text: &Secret) -> Vec<Effect> {
    match list {
        List::Datasets => details::enter_key(model, text.expose()),
        _ => intents::set(model, model.focus, text),
    }
}

/// Takes a typed filter that no item matches.
pub(super) fn enter_filter(model: &mut Model) -> Vec<Effect> {
    let text = model.picker().map(|picker| Secret::new(picker.search().filter.value()));
    text.and_then(|text| enter_in_list(model, &text)).unwrap_or_default()
}

/// The filter matches nothing, and is a choice by itself.
pub(super) fn takes_filter(model: &Model) -> bool {
    let search = model.picker().map(AnyPicker::search).filter(|search| search.is_empty());
    search.zip(model.list).is_some_and(|(search, list)| list.takes(search.filter.value()))
}

/// Pastes into the focused field, or opens its list with what is not a choice by itself.
pub(super) fn paste(model: &mut Model, text: &Secret) -> Vec<Effect> {
    let focus = model.focus;
    match List::of(focus) {
        Some(list) if list.takes(text.expose()) => enter(model, list, text),
        Some(_) if (spec(focus).is_search)(text.expose().trim()) => {
            let filter: String = text.expose().trim().chars().filter(|c| !c.is_control()).collect();
            open_with(model, &filter)
        }
        _ => intents::paste(model, text),
    }
}

impl Model {
    pub(super) fn picker(&self) -> Option<&dyn AnyPicker> {
        let Self { details, scheduling, .. } = self;
        Some(match self.list? {
            List::DataSets => &details.input.list,
            List::Datasets => &details.output.list,
            List::Files => &details.files,
            List::Zones => &scheduling.zones,
        })
    }

    pub(super) fn picker_mut(&mut self) -> Option<&mut dyn AnyPicker> {
        let Self { details, scheduling, .. } = self;
        Some(match self.list? {
            List::DataSets => &mut details.input.list,
            List::Datasets => &mut details.output.list,
            List::Files => &mut details.files,
            List::Zones => &mut scheduling.zones,
        })
    }
}
