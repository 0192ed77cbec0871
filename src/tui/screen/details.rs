//! The Details pane.
//!
//! ```text
//!   Input DataSet ID
//! ▌ 845305d8-da3d-4107-a9d6-13ef3f86d4a4
//!   ✓ Daily Sales by Region
//!     1,204,331 rows · 14 columns · owner Ada Analyst · updated 12 minutes ago
//!
//!   data.world DataSet       (•) select   ( ) enter id
//!   acme-analytics/sales-mart
//!   ✓ you may write here · 9 files
//!
//!   File Name                ( ) select   (•) enter
//!   daily-sales
//!   ! daily-sales.csv exists (84.2 MB): it will be replaced.
//!
//!   Append Date or Number to Filename
//!   (•) None   ( ) Append date   ( ) Append number
//!   next file: daily-sales.csv
//! ```

use super::form::Form;
use super::text::Sign;
use super::{Theme, side_help};
use crate::export::Append;
use crate::services::dataworld::{Access, Dataset, Visibility};
use crate::services::domo::{DataSet, Ownership};
use crate::text::format::{ago, counted};
use crate::text::terminal_text::columns;
use crate::tui::wizard::details::{Method, NewDatasetForm, refusal};
use crate::tui::wizard::words::{choices, label, other_instance, replaced_file};
use crate::tui::wizard::{Field, Model, Remote};

/// The form of the pane, or of a new dataset. `alone` means that no side help shows the DataSet's facts.
pub(super) fn form<'t>(model: &Model, width: u16, alone: bool, theme: &'t Theme) -> Form<'t> {
    let mut form = Form::new(width, super::form_focus(model), theme);
    if let Some(new) = &model.details.output.new {
        new_dataset(&mut form, model, new);
        return form;
    }
    input(&mut form, model, alone);
    form.blank();
    output(&mut form, model);
    form.blank();
    file(&mut form, model);
    form.blank();
    append(&mut form, model);
    form
}

fn input(form: &mut Form<'_>, model: &Model, alone: bool) {
    let input = &model.details.input;
    let field = Field::InputDataSet;
    form.label(field, label(field));
    form.input(field, "", &input.id, "paste the DataSet's address, or ↓ to choose");
    if let Some(error) = model.error(field) {
        form.note(field, Sign::Failed, error);
    } else if let Some((sign, text)) = known_input(model) {
        form.note(field, sign, &text);
    }
    if let (true, Some(data_set)) = (alone, input.dataset.data.ready()) {
        facts(form, model, data_set);
    }
    if let Some(sentence) = input.preview_error() {
        form.note(field, Sign::Warning, &sentence);
    }
    if let Some(sentence) = other_instance(model) {
        form.note(field, Sign::Warning, &sentence);
    }
    if input.needs_confirmation() {
        let field = input.confirmation_field();
        form.check(field, input.confirmed, label(field));
        match model.error(field) {
            Some(error) => form.note(field, Sign::Failed, error),
            None if !input.confirmed => form.note(field, Sign::Warning, &input.confirmation_reason()),
            None => {}
        }
    }
}

/// The DataSet's facts: all while the field has focus, else one row.
fn facts(form: &mut Form<'_>, model: &Model, data_set: &DataSet) {
    let field = Field::InputDataSet;
    let updated = data_set.data_date().map(|then| format!("updated {}", ago(model.now, then)));
    let room = form.width().saturating_sub(2);
    let mut rows: Vec<String> = Vec::new();
    for fact in side_help::facts(data_set).into_iter().chain(updated) {
        match rows.last_mut() {
            Some(row) if columns(row) + 3 + columns(&fact) <= room => row.push_str(&format!(" · {fact}")),
            _ => rows.push(fact),
        }
    }
    rows.truncate(if form.has_focus(field) { usize::MAX } else { 1 });
    for row in rows {
        form.indented(field, &row);
    }
}

fn known_input(model: &Model) -> Option<(Sign, String)> {
    let input = &model.details.input;
    Some(match &input.dataset.data {
        Remote::Idle => return None,
        Remote::Loading => (Sign::Running, "asking Domo…".to_owned()),
        Remote::Failed(explanation) => (Sign::Failed, format!("{} {}", explanation.what, explanation.advice)),
        Remote::Ready(_) if input.export_refusal().is_some() => (Sign::Failed, input.export_refusal()?),
        Remote::Ready(dataset) => match input.ownership.ready() {
            Some(Ownership::Denied) => (Sign::Warning, format!("{}: you are not its owner", dataset.name)),
            _ => (Sign::Done, dataset.name.clone()),
        },
    })
}

fn output(form: &mut Form<'_>, model: &Model) {
    let output = &model.details.output;
    let method = Field::DatasetMethod;
    form.choice(method, label(Field::Dataset), choices(method), output.method as usize);
    let field = match output.method {
        Method::Select => Field::Dataset,
        Method::Enter => Field::DatasetId,
    };
    match output.method {
        Method::Select => {
            let selected = output.selected.as_ref().map(ToString::to_string);
            form.selection(field, "", selected.as_deref(), "type, or ↓ to choose");
        }
        Method::Enter => form.input(field, "", &output.id, "owner/id, or its address"),
    }
    if let Some(error) = model.error(field) {
        form.note(field, Sign::Failed, error);
        return;
    }
    let (sign, text) = match &output.dataset.data {
        Remote::Idle => return,
        Remote::Loading => (Sign::Running, "asking data.world…".to_owned()),
        Remote::Failed(explanation) => (Sign::Failed, format!("{} {}", explanation.what, explanation.advice)),
        Remote::Ready(dataset) => known_output(dataset),
    };
    form.note(field, sign, &text);
}

fn known_output(dataset: &Dataset) -> (Sign, String) {
    if let Some(reason) = refusal(dataset) {
        return (Sign::Failed, reason);
    }
    let files = dataset.files.as_ref().map(|files| counted(files.len() as u64, "file"));
    let text = match dataset.access {
        Access::Unknown => "it is not known whether you may write here",
        _ => "you may write here",
    };
    let open = (dataset.visibility == Some(Visibility::Open)).then(|| "open to others".to_owned());
    let parts = [Some(text.to_owned()), files, open];
    (Sign::Done, parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

fn file(form: &mut Form<'_>, model: &Model) {
    let file = &model.details.file;
    let method = Field::FileMethod;
    let field = match file.method {
        Method::Select => Field::Files,
        Method::Enter => Field::FileName,
    };
    form.choice(method, label(field), choices(method), file.method as usize);
    match file.method {
        Method::Select => form.selection(field, "", file.selected.as_deref(), "type, or ↓ to choose"),
        Method::Enter => form.input(field, "", &file.name, "without .csv"),
    }
    if let Some(error) = model.error(field) {
        form.note(field, Sign::Failed, error);
    } else if let Some(sentence) = replaced_file(model) {
        form.note(field, Sign::Warning, &sentence);
    }
}

fn append(form: &mut Form<'_>, model: &Model) {
    let field = Field::Append;
    form.choice(field, label(field), choices(field), model.details.file.append as usize);
    if let Some(next) = model.next_file(model.details.file.append) {
        let is_sure = next.certain || model.details.file.append != Append::Number;
        let about = if is_sure { "" } else { ", or the next number that is free" };
        form.hint(field, &format!("next file: {}{about}", next.name));
    }
}

fn new_dataset(form: &mut Form<'_>, model: &Model, new: &NewDatasetForm) {
    form.heading("A new data.world dataset");
    form.blank();
    let field = Field::NewOwner;
    let owners: Vec<&str> = new.owners.iter().map(String::as_str).collect();
    form.choice(field, label(field), &owners, new.owner);
    match &new.organizations.data {
        Remote::Loading => form.note(field, Sign::Running, "looking for your organizations…"),
        Remote::Failed(explanation) => {
            let text = format!("Your organizations cannot be listed. {}", explanation.what);
            form.note(field, Sign::Warning, &text);
        }
        _ => {}
    }
    form.blank();
    let field = Field::NewTitle;
    form.label(field, label(field));
    form.input(field, "", &new.title, "such as Sales mart");
    if let Some(error) = model.error(field) {
        form.note(field, Sign::Failed, error);
    }
    form.blank();
    let field = Field::NewVisibility;
    form.choice(field, label(field), choices(field), new.visibility as usize);
    if new.create.data.is_loading() {
        form.blank();
        form.remark(Sign::Running, "creating it…");
    }
}
