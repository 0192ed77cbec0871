//! The pane Name & Describe.
//!
//! ```text
//! ▌ Name
//! ▌ Daily Sales by Region
//!   writeback run daily-sales-by-region
//!
//!   Description
//!   For the weekly meeting
//!
//!   On data.world
//!   The file's description
//!   What was sold, by region and day                                  33 of 120
//!   [ ] raw data   …
//! ```

use super::Theme;
use super::form::Form;
use super::text::Sign;
use crate::export::Label;
use crate::export::saved::slug;
use crate::tui::wizard::words::label;
use crate::tui::wizard::{Field, Model};

pub(super) fn form<'t>(model: &Model, width: u16, theme: &'t Theme) -> Form<'t> {
    let mut form = Form::new(width, super::form_focus(model), theme);
    let pane = &model.describe;
    let field = Field::ExportName;
    form.label(field, label(field));
    form.input(field, "", &pane.name, "a name");
    let name = pane.name.value().trim();
    match model.error(field) {
        Some(error) => form.note(field, Sign::Failed, error),
        None if name.is_empty() => {}
        None => form.hint(field, &format!("writeback run {}", slug(name))),
    }
    form.blank();
    let field = Field::ExportDescription;
    form.label(field, label(field));
    form.input(field, "", &pane.description, "optional");
    form.blank();
    form.heading("On data.world");
    let field = Field::FileDescription;
    form.label(field, label(field));
    form.input(field, "", &pane.file_description, "optional");
    if let Some(error) = model.error(field) {
        form.note(field, Sign::Failed, error);
    }
    for (at, on) in pane.labels.iter().enumerate() {
        form.check(Field::FileLabel(at), *on, Label::ALL[at].as_str());
    }
    form
}
