//! Drafts of unfinished exports: saved without secrets, and offered at the next start.
//!
//! Values go through the panes' own field functions, so that a restored field behaves like a typed one.

use std::collections::BTreeMap;

use tui_input::Input;

use super::credentials::{Section, Source};
use super::field::FieldMut;
use super::pane::Step;
use super::{Draft, Effect, Field, Model, Overlay, Weight};
use crate::export::Label;
use crate::export::saved::slug;
use crate::tui::state::{CredentialChoice, DraftValue};

/// Fields that a draft keeps. Accounts, selected items and labels have their own keys; secrets are never kept.
const KEPT_FIELDS: [(Step, &[Field]); 4] = [
    (
        Step::Credentials,
        &[
            Field::DataWorldAddress,
            Field::DataWorldName,
            Field::DomoMethod,
            Field::DomoClientId,
            Field::DomoInstance,
            Field::DomoName,
        ],
    ),
    (
        Step::Details,
        &[
            Field::InputDataSet,
            Field::OwnerConfirmed,
            Field::DatasetMethod,
            Field::DatasetId,
            Field::FileMethod,
            Field::FileName,
            Field::Append,
        ],
    ),
    (
        Step::Scheduling,
        &[
            Field::ScheduleMode,
            Field::Interval,
            Field::Every,
            Field::OnDays,
            Field::StartTime,
            Field::ActiveFrom,
            Field::ActiveTo,
            Field::MonthDays,
            Field::ByInterval,
            Field::AdvancedInterval,
            Field::StartAtOnce,
            Field::Cron,
            Field::StartDate,
            Field::TimeZone,
            Field::Retry,
            Field::RetryMinutes,
            Field::RetryAtMost,
            Field::UpdateMethod,
            Field::OnlyWhenUpdated,
            Field::Keep,
        ],
    ),
    (Step::Describe, &[Field::ExportName, Field::ExportDescription, Field::FileDescription]),
];

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
    let (step, focus) = model.resume_at.unwrap_or((model.step, model.focus));
    draft.left_at = Step::ALL.iter().position(|other| *other == step).zip(Some(focus));
    model.has_stored_draft = true;
    vec![Effect::KeepDraft(draft)]
}

/// Drops the draft of this export, because it was saved or is not wanted. Drafts of others stay.
pub(super) fn discard(model: &mut Model) -> Vec<Effect> {
    if std::mem::take(&mut model.has_stored_draft) { vec![Effect::DropDraft(model.began)] } else { Vec::new() }
}

/// Restores the draft and returns to where it was left. Missing secrets are asked for first.
pub(super) fn continue_draft(model: &mut Model) -> Vec<Effect> {
    model.overlay = None;
    let Some(draft) = model.draft.take() else { return Vec::new() };
    let left_at = draft.left_at;
    restore(model, *draft);
    model.has_stored_draft = true;
    let Some((step, focus)) = left_at.and_then(|(at, focus)| Some((*Step::ALL.get(at)?, focus))) else {
        return Vec::new();
    };
    // A run that was under way is not started again.
    model.resume_at = Some((step.min(Step::Review), focus));
    match (model.step.pane().validate)(model).first() {
        Some((missing, _)) if step > model.step => {
            model.focus = *missing;
            let text = "Enter what is missing here, as secrets are not kept, and you continue where you left off.";
            model.notify(Weight::Warning, text);
            Vec::new()
        }
        _ => resume(model),
    }
}

/// Advances toward the point where the draft was left, as long as every pane is valid.
pub(super) fn resume(model: &mut Model) -> Vec<Effect> {
    let Some((step, focus)) = model.resume_at else { return Vec::new() };
    if model.step < step {
        return (model.step.pane().forward)(model);
    }
    model.resume_at = None;
    if model.fields().contains(&focus) {
        model.focus = focus;
    }
    model.append_notice(
        Weight::Info,
        "You are where you left off. To start over instead, leave, and choose that next time.",
    );
    Vec::new()
}

pub(super) fn decline(model: &mut Model) -> Vec<Effect> {
    model.overlay = None;
    model.draft.take().map(|draft| Effect::DropDraft(draft.began)).into_iter().collect()
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

fn snapshot(model: &mut Model) -> Draft {
    let mut fields = BTreeMap::new();
    for (step, field) in kept_fields() {
        let value = match (step.pane().field_mut)(model, field) {
            FieldMut::Text(input) => DraftValue::Text(input.value().to_owned()),
            FieldMut::Choice { index, .. } => DraftValue::Choice(index),
            FieldMut::Check(on) => DraftValue::On(*on),
            FieldMut::Secret(_) | FieldMut::Select | FieldMut::None => continue,
        };
        fields.insert(field, value);
    }
    Draft {
        began: model.began,
        edits: model.saved_as.clone(),
        edits_in: model.saved_in.clone(),
        replaces: model.saved_over.clone(),
        left_at: None,
        dataworld: credential_choice(&model.credentials.dataworld.account),
        domo: credential_choice(&model.credentials.domo.account),
        dataset: model.details.output.selected.clone(),
        file: model.details.file.selected.clone(),
        labels: model.describe.labels(),
        fields,
        decided: model.run.export.clone(),
    }
}

fn restore(model: &mut Model, draft: Draft) {
    for (step, field) in kept_fields() {
        let pane = step.pane();
        match (draft.fields.get(&field), (pane.field_mut)(model, field)) {
            (Some(DraftValue::Text(text)), FieldMut::Text(input)) => {
                *input = Input::new(text.clone());
                // An entered name stops the proposals.
                if field == Field::ExportName && !text.is_empty() {
                    (pane.changed)(model, field);
                }
            }
            (Some(DraftValue::On(value)), FieldMut::Check(on)) => *on = *value,
            (Some(DraftValue::Choice(value)), FieldMut::Choice { count, .. }) if *value < count => {
                (pane.choose)(model, field, *value);
            }
            _ => {}
        }
    }
    model.credentials.dataworld.account.choose(&draft.dataworld);
    model.credentials.domo.account.choose(&draft.domo);
    model.details.output.selected = draft.dataset;
    model.details.file.selected = draft.file;
    model.describe.labels = Label::ALL.map(|label| draft.labels.contains(&label));
    // Drafts of earlier versions have no file name; it was derived from the name.
    model.saved_in = draft.edits_in.or_else(|| draft.edits.as_deref().map(slug));
    model.saved_as = draft.edits;
    model.saved_over = draft.replaces;
    model.run.export = draft.decided;
    model.began = draft.began;
    model.touched = true;
    model.focus_first();
}

fn kept_fields() -> impl Iterator<Item = (Step, Field)> {
    KEPT_FIELDS.into_iter().flat_map(|(step, fields)| fields.iter().map(move |field| (step, *field)))
}

fn credential_choice<I>(section: &Section<I>) -> CredentialChoice {
    // A new account that was saved is a saved account at the next start.
    match (section.source(), section.saved_name()) {
        (Source::Environment | Source::Missing(None), _) => CredentialChoice::Environment,
        (Source::Missing(Some(name)), _) => CredentialChoice::Account(name.clone()),
        (_, Some(name)) => CredentialChoice::Account(name),
        _ => CredentialChoice::New,
    }
}
