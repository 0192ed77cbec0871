//! The Review pane: sentences about the next run, and the buttons that save and start it.

use super::credentials::{Credentials, Section, Source, user_label};
use super::details::{input, replaced_file, shared_file};
use super::pane::{FieldSpec, Group, Pane, Step, fields};
use super::{Arrival, Effect, Model, Origin, Severity, intents, saving, scheduling};
use crate::accounts::SecretHome;
use crate::explain;
use crate::export::{Append, Checks, CredentialNames, Csv, Export, Input, Log, Output, Service, Update};
use crate::services::domo::{DomoIdentity, Ownership};
use crate::text::format;
use crate::text::shell::argument;
use crate::tui::form::{Field, Layout};
use crate::tui::state::HasShell as _;
use crate::tui::state::actions::key_of;

fields! {
    BUTTONS: [
        SAVE_CHANGES = "save-changes" => FieldSpec::button("Save changes")
            .hint("Saves your changes. Nothing is sent.")
            .shown(|model| model.saved_as.is_some()),
        SAVE_AND_RUN = "save-and-run" => FieldSpec::button("Save and run")
            .hint("Saves the export, and runs it now."),
        SAVE_AND_SCHEDULE = "save-and-schedule" => FieldSpec::button("Save and schedule")
            .hint("Saves the export, and goes on to the schedulers that may run it.")
            .shown(may_schedule),
        SAVE = "save" => FieldSpec::button("Save")
            .hint("Saves the export. Nothing is sent.")
            .shown(|model| model.saved_as.is_none()),
        RUN_ONCE = "run-once" => FieldSpec::button("Run once")
            .hint("Runs the export now, as it is here, without saving it."),
        DRY_RUN = "dry-run" => FieldSpec::button("Dry run")
            .hint("Does everything except the upload, and says what it would replace."),
    ]
    PARTS: [
        CHANGE_DETAILS = "change-details" => FieldSpec::button("Change Details").hint(PART_HINT),
        CHANGE_SCHEDULING = "change-scheduling" => FieldSpec::button("Change Scheduling").hint(PART_HINT),
        CHANGE_DESCRIPTION = "change-description" => FieldSpec::button("Change Name & Describe").hint(PART_HINT),
        CHANGE_CREDENTIALS = "change-credentials" => FieldSpec::button("Change Credentials").hint(PART_HINT),
    ]
}

const PART_HINT: &str = "Goes to that pane. Nothing is sent.";

/// The parts of the review, as they stand there, each with its pane and the action that goes there.
const PART_STEPS: [(Field, Step, &str); 4] = [
    (Field::CHANGE_DETAILS, Step::Details, "form.to-details"),
    (Field::CHANGE_SCHEDULING, Step::Scheduling, "form.to-scheduling"),
    (Field::CHANGE_DESCRIPTION, Step::Describe, "form.to-describe"),
    (Field::CHANGE_CREDENTIALS, Step::Credentials, "form.to-credentials"),
];

/// The buttons come first, so that one of them has the focus.
pub(super) static GROUPS: [Group; 2] = [Group::new(BUTTONS, Layout::Beside), Group::new(PARTS, Layout::Beside)];

/// The buttons below the review.
pub fn buttons(model: &Model) -> impl Iterator<Item = &'static FieldSpec> {
    GROUPS[0].visible(model)
}

/// The part of the review that a pane has, and the key that goes to the pane.
pub fn part(model: &Model, step: Step) -> Option<(Field, &'static str)> {
    let (field, _, action) = PART_STEPS.iter().find(|(_, other, _)| *other == step)?;
    Some((*field, key_of(model, action)))
}

fn step_of(part: Field) -> Option<Step> {
    PART_STEPS.iter().find(|(field, ..)| *field == part).map(|(_, step, _)| *step)
}

pub(super) fn is_part(field: Field) -> bool {
    step_of(field).is_some()
}

pub(super) struct ReviewPane;

impl Pane for ReviewPane {
    /// A key that goes on through the panes starts nothing.
    fn forward(&self, model: &mut Model) -> Vec<Effect> {
        model.focus_first();
        model.notify(Severity::Info, "Nothing has started. Press a button to go on.");
        Vec::new()
    }

    fn pressed(&self, model: &mut Model, button: Field) -> Vec<Effect> {
        if model.saving.saved.data.is_loading() {
            return Vec::new();
        }
        if let Some(step) = step_of(button) {
            return intents::go_to(model, step);
        }
        prepare(model);
        match button {
            Field::SAVE_AND_RUN => saving::save_and_run(model),
            Field::SAVE_AND_SCHEDULE => saving::save_and_schedule(model),
            Field::RUN_ONCE => saving::run(model, false),
            Field::DRY_RUN => saving::run(model, true),
            _ => saving::save_and_leave(model),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewLine {
    /// The pane that it comes from.
    pub step: Step,
    pub label: &'static str,
    pub text: String,
    pub severity: Severity,
}

/// It has a schedule, and the page that gives it to a scheduler can be reached.
fn may_schedule(model: &Model) -> bool {
    !model.scheduling.is_manual() && model.origin != Origin::Alone
}

/// Saves the export, from another pane by way of Review: the panes between are validated, and credentials tested.
pub(crate) fn save(model: &mut Model) -> Vec<Effect> {
    if model.step == Step::Review {
        prepare(model);
        return saving::save_and_leave(model);
    }
    intents::head_for(model, Step::Review, Arrival::Do(save_here))
}

fn save_here(model: &mut Model) -> Vec<Effect> {
    prepare(model);
    saving::save(model)
}

fn prepare(model: &mut Model) {
    let Some(mut export) = export(model) else { return };
    if let Some(before) = &model.saving.export {
        keep_decisions(before, &mut export);
    }
    model.saving.prepare(export);
}

/// Keeps earlier decisions that no field shows. How nulls are written applies to any file. The treatment of odd rows,
/// the confirmed ownership, and the permission for unproven counts belong to the DataSet. The permissions for an empty
/// or much smaller file belong to the file that would be replaced; for another file they are asked again, so that no
/// good file is lost.
fn keep_decisions(before: &Export, export: &mut Export) {
    export.csv.nulls = before.csv.nulls;
    if before.input.dataset != export.input.dataset {
        return;
    }
    export.csv = before.csv;
    // The next run may use other credentials, which cannot show the owner.
    export.input.owner_confirmed |= before.input.owner_confirmed;
    let target = |export: &Export| (export.output.dataset.clone(), export.output.file.clone());
    export.checks = if target(before) == target(export) {
        before.checks
    } else {
        Checks { allow_empty: false, allow_shrink: false, ..before.checks }
    };
}

/// Builds the export from all panes; `None` while something is missing.
pub fn export(model: &Model) -> Option<Export> {
    let details = &model.details;
    let stem = details.stem().ok()?;
    let (scheduling, describe) = (&model.scheduling, &model.describe);
    Some(Export {
        name: describe.name().to_owned(),
        description: describe.description(),
        input: Input {
            dataset: details.address().ok()?.id,
            owner_confirmed: details.is_confirmed(),
            only_when_updated: scheduling.only_when_updated(),
        },
        output: Output {
            dataset: details.key().ok()?,
            file: stem,
            append: details.append(),
            keep: scheduling.keep(details.append()).ok()?,
            description: describe.file_description().ok()?,
            labels: describe.labels(),
        },
        credentials: CredentialNames {
            domo: model.credentials.saved_name(Service::Domo),
            dataworld: model.credentials.saved_name(Service::DataWorld),
        },
        schedule: scheduling.schedule(model.now).ok()?,
        retry: scheduling.retry().ok()?,
        log: Log { update: scheduling.update() },
        csv: Csv::default(),
        checks: Checks::default(),
    })
}

/// The sentences of the review, pane by pane.
pub fn lines(model: &Model) -> Vec<ReviewLine> {
    let Some(export) = export(model) else { return Vec::new() };
    let mut lines = Vec::new();
    let mut add = |step, label, texts: Vec<String>, severity| {
        lines.extend(texts.into_iter().map(|text| ReviewLine { step, label, text, severity }));
    };
    let (info, warning) = (Severity::Info, Severity::Warning);
    let one = |text: Option<String>| text.into_iter().collect::<Vec<_>>();
    let (file, severity) = file_text(model);
    add(Step::Details, "From", vec![source_text(model, &export)], info);
    add(Step::Details, "From", input::warnings(model).iter().map(ToString::to_string).collect(), warning);
    add(Step::Details, "To", vec![destination_text(model, &export)], info);
    add(Step::Details, "File", vec![file], severity);
    add(Step::Details, "File", one(shared_file(model)), warning);
    add(Step::Details, "Each run", vec![each_run(export.output.append).to_owned()], info);
    add(Step::Details, "Owner", one(owner_text(model)), info);
    add(Step::Scheduling, "Schedule", vec![schedule_text(&export)], info);
    add(Step::Scheduling, "Schedule", one(scheduling::warning(&export.schedule).map(str::to_owned)), warning);
    let scheduler = (!export.schedule.is_manual()).then(|| scheduler_text(model, &export));
    add(Step::Scheduling, "Schedule", one(scheduler), info);
    add(Step::Scheduling, "Upkeep", one(upkeep_text(&export)), info);
    add(Step::Describe, "Name", vec![export.name.clone()], info);
    add(Step::Describe, "Description", one(description_text(&export)), info);
    add(Step::Credentials, "Domo", vec![domo_text(model)], info);
    add(Step::Credentials, "data.world", vec![dataworld_text(model)], info);
    add(Step::Credentials, "Credentials", model.credentials.warnings(), warning);
    lines
}

fn source_text(model: &Model, export: &Export) -> String {
    let Some(dataset) = model.details.input.dataset.data.ready() else {
        return format!("DataSet {}", export.input.dataset);
    };
    let rows = dataset.stated_rows().map(|rows| format!(", {} according to Domo", format::counted(rows, "row")));
    format!("DataSet {} ({}){}", dataset.name, dataset.id, rows.unwrap_or_default())
}

fn destination_text(model: &Model, export: &Export) -> String {
    match model.details.output.dataset.data.ready() {
        Some(dataset) => format!("{} ({})", dataset.key, dataset.title),
        None => export.output.dataset.to_string(),
    }
}

fn file_text(model: &Model) -> (String, Severity) {
    let Some(next) = model.next_file(model.details.append()) else { return (String::new(), Severity::Info) };
    let text = match replaced_file(model) {
        Some(sentence) => return (sentence, Severity::Warning),
        None if next.certain => format!("{} is new.", next.name),
        None if model.details.append() == Append::Number => format!("{}, or the next free number.", next.name),
        None => format!("{}. It is not known whether the dataset has that file already.", next.name),
    };
    (text, Severity::Info)
}

fn each_run(append: Append) -> &'static str {
    match append {
        Append::None => "The file is replaced on every run.",
        Append::Date => "A new day makes a new file; another run on the same day replaces it.",
        Append::Number => "Every run makes a new file.",
    }
}

fn scheduler_text(model: &Model, export: &Export) -> String {
    if model.demo {
        return explain::scheduler_status_in_demo().what;
    }
    explain::commands::no_scheduler_yet(&argument(&model.stem_of(&export.name)), may_schedule(model))
}

fn schedule_text(export: &Export) -> String {
    let words = export.schedule.describe();
    match export.retry {
        _ if export.schedule.is_manual() => format!("{words}."),
        Some(retry) => format!("{words}. If it fails, it is retried {}.", retry.describe()),
        None => format!("{words}. If it fails, it is not retried."),
    }
}

fn upkeep_text(export: &Export) -> Option<String> {
    let updated =
        export.input.only_when_updated.then(|| "Later runs are skipped when the data has not changed.".to_owned());
    let keep = export.output.keep.map(|keep| match keep.count() {
        1 => "Only the newest of its files is kept; older ones that it wrote are deleted.".to_owned(),
        count => format!("The last {count} of its files are kept; older ones that it wrote are deleted."),
    });
    let log = (export.log.update == Update::Replace).then(|| "Its log keeps the latest run only.".to_owned());
    let sentences: Vec<String> = [updated, keep, log].into_iter().flatten().collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn description_text(export: &Export) -> Option<String> {
    let labels: Vec<&str> = export.output.labels.iter().map(|label| label.into_str()).collect();
    let labels = (!labels.is_empty()).then(|| format!("labels {}", labels.join(", ")));
    let parts: Vec<String> = export.output.description.iter().map(ToString::to_string).chain(labels).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn owner_text(model: &Model) -> Option<String> {
    let input = &model.details.input;
    match input.ownership.ready() {
        Some(Ownership::Proven) => Some("You are an owner or co-owner of the DataSet.".to_owned()),
        Some(Ownership::SeesAll) if model.details.is_confirmed() => Some(
            "This account is not shown as an owner or co-owner of the DataSet; it sees all rows, and you have confirmed \
             the export."
                .to_owned(),
        ),
        _ if model.details.is_confirmed() => {
            Some("You have confirmed that you are an owner or co-owner of the DataSet.".to_owned())
        }
        _ => None,
    }
}

fn domo_text(model: &Model) -> String {
    let Credentials { domo, .. } = &model.credentials;
    let user = domo.test.data.ready().map(DomoIdentity::words);
    credentials_text(domo, model.credentials.name(Service::Domo), user)
}

fn dataworld_text(model: &Model) -> String {
    let Credentials { dataworld, .. } = &model.credentials;
    let user = dataworld.test.data.ready().map(user_label);
    credentials_text(dataworld, model.credentials.name(Service::DataWorld), user)
}

fn credentials_text<I>(section: &Section<I>, name: &str, user: Option<String>) -> String {
    let user = user.map(|user| format!(" ({user})")).unwrap_or_default();
    match (section.source(), section.kept.data.ready()) {
        (Source::Account(account), _) => format!("account {}{user}", account.name),
        (Source::Environment, _) => format!("{}{user}", section.environment),
        (Source::Missing(_), _) => "no longer exists".to_owned(),
        (Source::New, Some(SecretHome::Keyring(keyring))) => {
            format!("account {name}{user}, kept in {keyring}")
        }
        (Source::New, _) => format!("account {name}{user}, kept until Writeback ends"),
    }
}
