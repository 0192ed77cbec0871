//! Schedulers that start an export.

use std::fmt::{self, Display, Formatter};

use super::Explanation;
use crate::schedulers::{
    CredentialGaps, Difference, Foreign, HandedOver, Named, Renamed, SchedulerError, SchedulerKind, SchedulerStatus,
    WriteError,
};
use crate::system::files::PathError;
use crate::text::shell::{argument, sh};

sentences! { WriteError:
    Manual(slug) => "{slug} has no schedule: it runs only when someone runs it. `writeback edit {slug}` gives it one.";
    Path(path) => "The path {} cannot be written for a scheduler. Move it to one of plain characters.", path.display();
    Name(slug) =>
        "No scheduler can be told to run a file with such a name: {slug}.toml. Give the file a name of letters, \
         digits and hyphens.";
    Character { what, character, scheduler } =>
        "{} contains the control character U+{:04X}, which cannot be written for {scheduler}. Rename it without that \
         character.",
        subject(*what), u32::from(*character);
    Definition(error) => "The definition cannot be written: {error}.";
    Program(error) => "The path of this program, or the current folder, could not be found: {error}.";
    NoClock => "This computer's time zone could not be found. Pass it as --computer-zone Area/City.";
}

fn subject(named: Named) -> &'static str {
    match named {
        Named::Home => "WRITEBACK_HOME",
        Named::Program => "The path of this program",
        Named::Export => "The name of the export's file",
    }
}

sentences! { SchedulerError:
    Write(error) => "{error}";
    Elsewhere(title) => "{title} takes what this command prints without --install; put it where {title} reads it.";
    Missing { tool, scheduler } => "There is no {tool} on this computer. {}", instead(*scheduler, SchedulerKind::OWN);
    Refused { command, said } => "`{command}` has failed: {said}.{}", without_systemd(said);
    NotText(command) => "`{command}` has failed: The crontab is not UTF-8, so it stays as it is.";
    LettersLost(command) =>
        "`{command}` has failed: schtasks does not print all letters of what it runs; schedule it again as it was.";
    Misunderstood { scheduler, difference } =>
        "{} does not have the schedule as it was written: {difference}", scheduler.title();
    NotGivenBack { scheduler, failed, why } =>
        "{failed} The schedule that {} had before could not be put back: {why}", scheduler.title();
    Foreign(what) => "{what} was not written by Writeback, so it stays as it is. Move it away first.";
    OtherHome { scheduler, slug, has_home } =>
        "{} has the export {slug} of {}, which stays as it is. To remove it there: {}", scheduler.title(),
        if *has_home { "another WRITEBACK_HOME" } else { "no WRITEBACK_HOME" }, remove_elsewhere(*scheduler, slug, *has_home);
    File(PathError { path, source }) => "{}: {source}.", path.display();
    NoHome => "There is no home folder to put it in.";
}

/// Advice where systemctl reaches no systemd of the user: it could not connect to the `bus`, which is called the `user
/// scope bus` from version 256 on.
fn without_systemd(said: &str) -> &'static str {
    if said.starts_with("Failed to connect to") && said.contains("bus") {
        " No systemd answers for your user, as in a container or after `su`: log in to this computer, or use `--to \
         cron`."
    } else {
        ""
    }
}

sentences! { Foreign:
    File(path) => "{}", path.display();
    Task(name) => "The task {name}";
}

sentences! { Difference:
    Zone(zone) => "it knows no time in {zone}. {TIME_ZONES}";
    Times { has, of } => "it has {has} of {of} times. {TIME_ZONES}";
    Lost =>
        "what was written into it is not there when it is read back. Look at it with `crontab -l`: another program \
         may be changing it.";
    Triggers { task, has, of } => "the task {task} has {has} of {of} triggers. Look at it in the Task Scheduler.";
}

const TIME_ZONES: &str =
    "If a zone is missing, install this computer's time zones (the package tzdata), or choose another zone.";

/// Advice where a scheduler is not there, on a platform whose `own` one is another or the same.
fn instead(missing: SchedulerKind, own: SchedulerKind) -> String {
    match (missing, own) {
        (SchedulerKind::Systemd, SchedulerKind::Systemd) => "Where systemd is not, `--to cron` often works.".to_owned(),
        (SchedulerKind::Cron, SchedulerKind::Systemd) => "Install cron, or use `--to systemd`.".to_owned(),
        (missing, own) if missing == own => "It belongs to the system: add its folder to PATH.".to_owned(),
        (_, own) => format!("On this computer use `--to {}`.", own.word()),
    }
}

/// Instructions for a person who installs what was written by hand; none for a cluster, whose documents contain them.
pub fn install_steps(kind: SchedulerKind, slug: &str) -> Vec<String> {
    let Some(name) = kind.name_of(slug) else { return Vec::new() };
    let mut steps = match kind {
        SchedulerKind::Cron => vec![
            "Add the lines to your crontab, which `crontab -e` opens; they work once it is saved.".to_owned(),
            "To take it out again, delete them there.".to_owned(),
        ],
        SchedulerKind::Launchd => {
            let file = sh(&format!("{name}.plist"));
            vec![
                format!("Save it as ~/Library/LaunchAgents/{name}.plist, then:"),
                format!("  launchctl bootstrap gui/$(id -u) ~/Library/LaunchAgents/{file}"),
                "To take it out again, before you delete the file:".to_owned(),
                format!("  launchctl bootout gui/$(id -u)/{}", sh(&name)),
            ]
        }
        SchedulerKind::Windows => vec![
            format!("Save it as {slug}.xml, then:"),
            format!(r#"  schtasks /Create /TN "{name}" /XML "{slug}.xml""#),
            "To take it out again:".to_owned(),
            format!(r#"  schtasks /Delete /TN "{name}""#),
        ],
        SchedulerKind::Systemd => vec![
            "Put both files, by the names after ####, into ~/.config/systemd/user, then:".to_owned(),
            // The quotes protect backslashes from the shell.
            format!("  systemctl --user daemon-reload && systemctl --user enable --now '{name}.timer'"),
            "To take it out again, before you delete both files:".to_owned(),
            format!("  systemctl --user disable --now '{name}.timer'"),
        ],
        SchedulerKind::Kubernetes | SchedulerKind::Airflow => return Vec::new(),
    };
    // The output may be for another computer.
    let by_itself = "On the computer that is to run it, --install does all of that, and --remove takes it out again.";
    steps.push(by_itself.to_owned());
    steps
}

pub fn handed_over(kind: SchedulerKind, slug: &str, HandedOver { place, while_logged_in }: &HandedOver) -> Vec<String> {
    let (name, place) = (kind.name_of(slug).unwrap_or_default(), place.display());
    let (is_there, then) = match kind {
        SchedulerKind::Systemd => (
            format!("{name}.timer is in {place} and runs."),
            while_logged_in
                .then(|| "It runs while you are logged in; after `loginctl enable-linger`, always.".to_owned()),
        ),
        SchedulerKind::Launchd => (format!("{place} is loaded. It runs while you are logged in."), None),
        SchedulerKind::Windows => (format!("The task {name} is there. It runs while you are logged in."), None),
        SchedulerKind::Cron => ("It is in your crontab; `crontab -l` shows it.".to_owned(), None),
        // Nothing is installed there from here.
        SchedulerKind::Kubernetes | SchedulerKind::Airflow => return Vec::new(),
    };
    std::iter::once(is_there).chain(then).collect()
}

pub fn taken_out(slug: &str, kind: SchedulerKind, removed: bool) -> String {
    match removed {
        true => format!("{slug} is no longer in {}.", kind.title()),
        false => format!("{slug} is not in {}; nothing was removed.", kind.title()),
    }
}

/// Sentences on credentials that a run started by a scheduler would not find.
pub fn credential_gaps(
    kind: SchedulerKind,
    CredentialGaps { variables, keyring, missing }: &CredentialGaps,
) -> Vec<String> {
    let (starter, own) = (starter(kind), starter(SchedulerKind::OWN));
    let of_variables = variables.iter().map(|(service, names)| {
        let advice = match kind {
            SchedulerKind::Cron => "Set them in the crontab with `crontab -e`.".to_owned(),
            _ => format!("Save an account with `{}`.", super::accounts::add_command(*service, "NAME")),
        };
        format!(
            "Runs by {starter} will not find the {service} credentials: only this environment has {names}. {advice}"
        )
    });
    let names: Vec<String> = keyring.iter().map(|(service, name)| format!("the {service} account {name}")).collect();
    let of_keyring = (!names.is_empty()).then(|| {
        format!(
            "Runs by {starter} belong to no session, so they may not reach your keyring, which has {}. Let {own} run it, or \
             name no account and set the variables in the crontab with `crontab -e`.",
            names.join(" and ")
        )
    });
    of_variables.chain(of_keyring).chain(missing.iter().map(ToString::to_string)).collect()
}

/// The program that starts the runs.
fn starter(kind: SchedulerKind) -> &'static str {
    match kind {
        SchedulerKind::Cron => "cron",
        other => other.title(),
    }
}

/// The command that is written has a guard.
pub const GUARDED: &str =
    "This scheduler cannot express the schedule exactly, so it fires more often; `run --if-due` skips the extra times.";

pub const NOTHING_INSTALLED: &str =
    "Nothing is installed. `writeback schedule NAME --to SCHEDULER --install` installs a schedule.";

/// A scheduler has an export whose definition is gone.
pub fn take_out(export: &str, scheduler: &str) -> String {
    format!("To take it out: {}", remove(export, scheduler))
}

/// Advice on how to schedule an export; `None` if a scheduler has it, or while that is unknown. `proposed` is a
/// scheduler of this computer.
pub fn scheduler_status(status: &SchedulerStatus, slug: &str, proposed: Option<SchedulerKind>) -> Option<Explanation> {
    match status {
        SchedulerStatus::Scheduler(_) | SchedulerStatus::Other | SchedulerStatus::Unknown(None) => None,
        SchedulerStatus::Nobody => {
            let command = match proposed {
                Some(target) => install(slug, target),
                None => format!("writeback schedule {} --to SCHEDULER", argument(slug)),
            };
            Some(Explanation::new(
                "Not scheduled on this computer: it will not run by itself here.",
                format!("Schedule it: {command}"),
            ))
        }
        SchedulerStatus::Outdated(target) => Some(Explanation::new(
            format!("What {} has of it is not what is saved.", target.title()),
            format!("Schedule it anew: {}", install(slug, *target)),
        )),
        SchedulerStatus::Leftover(target) => Some(Explanation::new(
            format!("It has no schedule, and {} still runs it.", target.title()),
            format!("Remove it there: {}", remove(slug, &target.word())),
        )),
        SchedulerStatus::Unknown(Some(why)) => {
            Some(Explanation::new(format!("Whether a scheduler on this computer has it is not known. {why}"), ""))
        }
    }
}

/// Exports of the demo cannot be scheduled, because no command finds them.
pub fn scheduler_status_in_demo() -> Explanation {
    Explanation::new(
        "It does not run by itself: nothing of the demo is given to a scheduler.",
        "Its schedule shows what a scheduler would be given.",
    )
}

/// A scheduler still starts an export that was removed.
pub fn left_with_scheduler(slug: &str, target: SchedulerKind) -> String {
    format!("In {} it stays, and fails, until: {}", target.title(), remove(slug, &target.word()))
}

pub fn rescheduled(before: &str, after: &str, renamed: &Renamed) -> String {
    let title = renamed.target.title();
    let why = match &renamed.result {
        Ok(()) => return format!("It has the new name in {title} too."),
        Err(Some(error)) => format!("{title} could not be given the new name: {error}"),
        Err(None) => format!("{title} still has it under its old name, and otherwise than it is saved."),
    };
    let (anew, old) = (install(after, renamed.target), remove(before, &renamed.target.word()));
    format!("{why} Schedule it anew: {anew}, then {old}")
}

fn install(slug: &str, target: SchedulerKind) -> String {
    format!("writeback schedule {} --to {} --install", argument(slug), target.word())
}

fn remove(slug: &str, scheduler: &str) -> String {
    format!("writeback schedule {} --to {scheduler} --remove", argument(slug))
}

fn remove_elsewhere(scheduler: SchedulerKind, slug: &str, has_home: bool) -> String {
    let how = if has_home { "with that WRITEBACK_HOME" } else { "without WRITEBACK_HOME" };
    format!("{how}, `{}`. Or rename this export.", remove(slug, &scheduler.word()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_platform_is_sent_to_the_scheduler_of_another() {
        let local = [SchedulerKind::Systemd, SchedulerKind::Cron, SchedulerKind::Launchd, SchedulerKind::Windows];
        let own = [SchedulerKind::Systemd, SchedulerKind::Launchd, SchedulerKind::Windows];
        for (own, missing) in own.into_iter().flat_map(|own| local.map(|missing| (own, missing))) {
            let advice = instead(missing, own);
            for other in local.into_iter().filter(|it| ![own, SchedulerKind::Cron].contains(it)) {
                assert!(!advice.contains(&format!("--to {}", other.word())), "{missing:?} on {own:?}: {advice}");
            }
        }
    }
}
