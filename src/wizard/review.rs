//! The pane Review: what will happen, in sentences, before it does.

use super::credentials::{Section, Source, identity_label, user_label};
use super::field::{Entry, Field};
use super::message::Effect;
use super::pane::Pane;
use super::{Model, Weight, words};
use crate::accounts::SecretHome;
use crate::domo::Ownership;
use crate::export::{Append, Checks, CredentialNames, Csv, Export, Input, Log, Output, Schedule};
use crate::figures;

pub(super) const PANE: Pane = Pane {
    label: Some("Review & run"),
    fields: |_| vec![Field::Start],
    entry: |_, _| Entry::None,
    choose: |_, _, _| {},
    changed: |_, _| Vec::new(),
    completed: |_, _| Vec::new(),
    forward,
    entered: |_| Vec::new(),
};

/// One thing that will happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is about.
    pub label: &'static str,
    /// The sentence.
    pub text: String,
    /// Whether it is to be heeded.
    pub weight: Weight,
}

fn forward(model: &mut Model) -> Vec<Effect> {
    let Some(mut export) = export(model) else { return Vec::new() };
    // What was decided about this export before holds, and so does its name.
    if let Some(before) = &model.run.export
        && (&before.input.dataset, &before.output) == (&export.input.dataset, &export.output)
    {
        export.name.clone_from(&before.name);
        export.csv = before.csv;
        export.checks = before.checks;
    }
    model.run.prepare(export);
    model.advance()
}

/// The export that was described; `None` while something is missing.
pub fn export(model: &Model) -> Option<Export> {
    let details = &model.details;
    let stem = details.file.stem().ok()?;
    let dataset = details.input.dataset.data.ready();
    Some(Export {
        name: dataset.map_or_else(|| stem.as_str().to_owned(), |dataset| dataset.name.clone()),
        description: None,
        input: Input {
            dataset: details.input.address().ok()?.id,
            owner_confirmed: details.input.word_given(),
            only_when_updated: false,
        },
        output: Output {
            dataset: details.output.key().ok()?,
            file: stem,
            append: details.file.append,
            keep: None,
            description: None,
            labels: Vec::new(),
        },
        credentials: CredentialNames {
            domo: model.credentials.domo.account.saved_name(),
            dataworld: model.credentials.dataworld.account.saved_name(),
        },
        schedule: Schedule::default(),
        retry: None,
        log: Log::default(),
        csv: Csv::default(),
        checks: Checks::default(),
    })
}

/// What will happen.
pub fn lines(model: &Model) -> Vec<Line> {
    let Some(export) = export(model) else { return Vec::new() };
    let info = |label, text| Line { label, text, weight: Weight::Info };
    let mut lines = vec![
        info("From", from(model, &export)),
        info("To", to(model, &export)),
        file(model),
        info("Each run", each_run(export.output.append).to_owned()),
    ];
    lines.extend(owner(model).map(|text| info("Owner", text)));
    lines.push(info("Domo", domo(model)));
    lines.push(info("data.world", dataworld(model)));
    lines.extend(model.credentials.warnings().into_iter().map(|text| Line {
        label: "Credentials",
        text,
        weight: Weight::Warning,
    }));
    lines
}

fn from(model: &Model, export: &Export) -> String {
    let Some(dataset) = model.details.input.dataset.data.ready() else {
        return format!("DataSet {}", export.input.dataset);
    };
    let rows = dataset.rows.map(|rows| format!(", {} as Domo states", figures::counted(rows, "row")));
    format!("DataSet {} ({}){}", dataset.name, dataset.id, rows.unwrap_or_default())
}

fn to(model: &Model, export: &Export) -> String {
    match model.details.output.dataset.data.ready() {
        Some(dataset) => format!("{} ({})", dataset.key, dataset.title),
        None => export.output.dataset.to_string(),
    }
}

fn file(model: &Model) -> Line {
    let label = "File";
    let Some(next) = model.next_file(model.details.file.append) else {
        return Line { label, text: String::new(), weight: Weight::Info };
    };
    match words::replaced(model) {
        Some(sentence) => Line { label, text: sentence, weight: Weight::Warning },
        None if next.certain => Line { label, text: format!("{} is new.", next.name), weight: Weight::Info },
        None => Line { label, text: format!("{}, or the next number that is free.", next.name), weight: Weight::Info },
    }
}

fn each_run(append: Append) -> &'static str {
    match append {
        Append::None => "The file is replaced on every run.",
        Append::Date => "A new day makes a new file; another run on the same day replaces it.",
        Append::Number => "Every run makes a new file.",
    }
}

fn owner(model: &Model) -> Option<String> {
    let input = &model.details.input;
    match input.ownership.ready() {
        Some(Ownership::Proven) => Some("You are an owner or co-owner of the DataSet.".to_owned()),
        _ if input.word_given() => {
            Some("You have confirmed that you are an owner or co-owner of the DataSet.".to_owned())
        }
        _ => None,
    }
}

fn domo(model: &Model) -> String {
    let section = &model.credentials.domo.account;
    credentials(section, section.test.data.ready().map(identity_label))
}

fn dataworld(model: &Model) -> String {
    let section = &model.credentials.dataworld.account;
    credentials(section, section.test.data.ready().map(user_label))
}

fn credentials<I>(section: &Section<I>, whose: Option<String>) -> String {
    let whose = whose.map(|whose| format!(" ({whose})")).unwrap_or_default();
    match (section.source(), section.kept.data.ready()) {
        (Source::Account(account), _) => format!("account {}{whose}", account.name),
        (Source::Environment, _) => format!("from environment{whose}"),
        (Source::New, Some(SecretHome::Keyring(keyring))) => {
            format!("account {}{whose}, kept in {keyring}", section.name.value().trim())
        }
        (Source::New, _) => format!("account {}{whose}, kept until Writeback ends", section.name.value().trim()),
    }
}
