//! Drafts of unfinished exports: saved without secrets, and offered at the next start.
//!
//! A draft keeps the fields that are declared so.

use super::credentials::{Section, Source};
use super::pane::Step;
use super::{Arrival, Draft, Effect, Field, Model, Overlay, Severity, Value, all_fields};
use crate::export::Service;
use crate::export::saved::slug;
use crate::text::terminal_text::printable;
use crate::tui::form::{FieldSpec, Kind, lines};
use crate::tui::state::{CredentialChoice, DraftValue, HasShell as _};

/// Keeps the input as a draft, unless the export is saved.
pub(super) fn keep(model: &mut Model) -> Vec<Effect> {
    if !model.keeps_draft() || !model.touched {
        return Vec::new();
    }
    let mut draft = Box::new(snapshot(model));
    // A secret alone makes no draft.
    if model.pristine.as_ref() == Some(&draft) {
        return Vec::new();
    }
    let (step, focus) = match model.heading_for {
        Some((step, Arrival::Draft(focus))) => (step, focus.unwrap_or(model.focus)),
        _ => (model.step, model.focus),
    };
    draft.left_at = Step::ALL.iter().position(|other| *other == step).map(|at| (at, focus.name().to_owned()));
    model.has_stored_draft = true;
    vec![Effect::KeepDraft(draft)]
}

/// Drops the draft of this export, because it was saved or is not wanted. Drafts of others stay.
pub(super) fn discard(model: &mut Model) -> Vec<Effect> {
    if std::mem::take(&mut model.has_stored_draft) { vec![Effect::DropDraft(model.began)] } else { Vec::new() }
}

/// Restores the draft and returns to where it was left. Missing secrets are asked for first.
pub(crate) fn continue_draft(model: &mut Model) -> Vec<Effect> {
    model.overlay = None;
    let Some(draft) = model.draft.take() else { return Vec::new() };
    let left_at = draft.left_at.clone().and_then(|(at, focus)| Some((*Step::ALL.get(at).or(Step::ALL.last())?, focus)));
    restore(model, *draft);
    model.has_stored_draft = true;
    let Some((step, focus)) = left_at else { return Vec::new() };
    let focus = all_fields().map(|(_, spec)| spec.field).find(|field| field.name() == focus);
    model.heading_for = Some((step, Arrival::Draft(focus)));
    match model.wrong_fields().first() {
        Some((missing, _)) if step > model.step => {
            model.focus = *missing;
            let text = "Enter what is missing here, as secrets are not kept, and you continue where you left off.";
            model.notify(Severity::Warning, text);
            Vec::new()
        }
        _ => go_on(model),
    }
}

/// Advances toward a pane, as long as every pane before it is valid. A draft has left its focus there.
pub(super) fn go_on(model: &mut Model) -> Vec<Effect> {
    let Some((step, then)) = model.heading_for else { return Vec::new() };
    if model.step < step {
        return model.step.pane().forward(model);
    }
    model.heading_for = None;
    let focus = match then {
        Arrival::Stay => return Vec::new(),
        // A question that was opened meanwhile is answered first.
        Arrival::Do(_) if model.is_covered() => return Vec::new(),
        Arrival::Do(then) => return then(model),
        Arrival::Focus(field) => {
            model.focus = field;
            return Vec::new();
        }
        Arrival::Draft(focus) => focus,
    };
    if let Some(focus) = focus.filter(|focus| model.fields().contains(focus)) {
        model.focus = focus;
    }
    model.append_notice(
        Severity::Info,
        "Continuing your draft. To start over instead, leave, and choose that next time.",
    );
    Vec::new()
}

pub(crate) fn decline_draft(model: &mut Model) -> Vec<Effect> {
    model.overlay = None;
    model.draft.take().map(|draft| Effect::DropDraft(draft.began)).into_iter().collect()
}

/// Leaves the draft for the next start.
pub(crate) fn postpone_draft(model: &mut Model) -> Vec<Effect> {
    model.overlay = None;
    Vec::new()
}

impl Model {
    /// Keeps drafts, except in the demo or when only an account is asked for.
    pub fn keeps_draft(&self) -> bool {
        !self.demo && self.credentials.only_service.is_none()
    }

    /// Offers the latest draft that belongs here: any draft for a new export, and only its own drafts for a saved one.
    pub(super) fn offer_draft(&mut self, drafts: Vec<Draft>) {
        let is_same_file = |draft: &Draft| draft.edits_in.is_none() || draft.edits_in == self.saved_in;
        let belongs_here =
            |draft: &Draft| self.saved_as.is_none() || draft.edits == self.saved_as && is_same_file(draft);
        let draft = drafts.into_iter().filter(belongs_here).max_by_key(Draft::rank);
        let draft = draft.map(Box::new);
        self.pristine = Some(Box::new(snapshot(self)));
        self.overlay = draft.as_ref().map(|_| Overlay::Draft);
        self.draft = draft;
    }
}

fn snapshot(model: &Model) -> Draft {
    let kept = |(step, spec): (Step, &'static FieldSpec<Model>)| {
        Some((spec.field.name().to_owned(), kept_value(spec, model.values_at(step).get(spec.field))?))
    };
    Draft {
        began: model.began,
        edits: model.saved_as.clone(),
        edits_in: model.saved_in.clone(),
        replaces: model.saved_over.clone(),
        left_at: None,
        dataworld: credential_choice(&model.credentials.dataworld, model.credentials.saved_name(Service::DataWorld)),
        domo: credential_choice(&model.credentials.domo, model.credentials.saved_name(Service::Domo)),
        fields: kept_fields().filter_map(kept).collect(),
        decided: model.saving.export.clone(),
        earlier: Default::default(),
    }
}

fn kept_value(spec: &FieldSpec<Model>, value: &Value) -> Option<DraftValue> {
    match value {
        Value::Several(several) => match spec.kind {
            Kind::Several(options) => Some(DraftValue::Text(lines::labels_of(&several.chosen, options))),
            _ => None,
        },
        Value::Text(input) => Some(DraftValue::Text(input.value().to_owned())),
        Value::Picked(picked) => picked.clone().map(DraftValue::Text),
        Value::Choice(index) => Some(DraftValue::Choice(*index)),
        Value::Check(on) => Some(DraftValue::On(*on)),
        Value::Secret(_) | Value::None => None,
    }
}

/// The value of a field as the draft has it; `None` if it does not fit the field, as after a change of its choices.
fn restored_value(draft: &Draft, spec: &FieldSpec<Model>, before: &Value) -> Option<Value> {
    Some(match (draft.value(spec.field)?, before, &spec.kind) {
        (DraftValue::Text(text), Value::Text(_), _) => Value::text(&text),
        (DraftValue::Text(text), Value::Picked(_), _) => Value::Picked(Some(text)),
        (DraftValue::Text(text), Value::Several(_), _) => Value::several(lines::options_of(spec, &text)?),
        (DraftValue::On(on), Value::Check(_), _) => Value::Check(on),
        (DraftValue::Choice(index), _, Kind::Choice(choices)) if index < choices.len() => Value::Choice(index),
        _ => return None,
    })
}

fn restore(model: &mut Model, draft: Draft) {
    for (step, spec) in kept_fields() {
        if let Some(value) = restored_value(&draft, spec, model.values_at(step).get(spec.field))
            && let Some(values) = model.values_mut(step)
        {
            values.set(spec.field, value);
        }
    }
    // An entered name stops the proposals.
    if !model.describe.name().is_empty() {
        Step::Describe.pane().changed(model, Field::EXPORT_NAME);
    }
    model.credentials.dataworld.choose(&draft.dataworld);
    model.credentials.domo.choose(&draft.domo);
    // Drafts of earlier versions have no file name; it was derived from the name.
    model.saved_in = draft.edits_in.or_else(|| draft.edits.as_deref().map(slug));
    model.saved_as = draft.edits;
    model.saved_over = draft.replaces;
    model.saving.export = draft.decided;
    model.began = draft.began;
    model.touch();
    model.focus_first();
}

fn kept_fields() -> impl Iterator<Item = (Step, &'static FieldSpec<Model>)> {
    all_fields().filter(|(_, spec)| spec.is_kept)
}

pub fn draft_question(draft: &Draft) -> String {
    let what = match (&draft.edits, draft.name(), draft.destination(), draft.input()) {
        (Some(name), ..) => format!("to change {}", printable(name)),
        (_, Some(name), ..) => format!("the export {}", printable(&name)),
        (_, _, Some(file), _) => format!("an export to {}", printable(&file)),
        (.., Some(input)) => format!("an export of DataSet {}", printable(&input)),
        _ => "an export".to_owned(),
    };
    format!("You started {what} on {}. Continue with it?", draft.began.format("%-d %b %Y"))
}

fn credential_choice<I>(section: &Section<I>, saved_name: Option<String>) -> CredentialChoice {
    // A new account that was saved is a saved account at the next start.
    match (section.source(), saved_name) {
        (Source::Environment | Source::Missing(None), _) => CredentialChoice::Environment,
        (Source::Missing(Some(name)), _) => CredentialChoice::Account(name.clone()),
        (_, Some(name)) => CredentialChoice::Account(name),
        _ => CredentialChoice::New,
    }
}
