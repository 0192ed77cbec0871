//! Values that are not valid, wherever they come from: a field of the screen, an argument, a variable, a file.
//!
//! Their sentences are `Display`, because serde and clap carry an error as its text.

use std::fmt::{self, Display, Formatter};

use crate::accounts::AccountNameError;
use crate::config::{AddressError, InstanceError, SettingError};
use crate::export::schedule::ScheduleError;
use crate::export::{ExportNameError, IdError, OutputError};
use crate::schedulers::IntendedStartError;
use crate::system::log::LevelError;
use crate::system::variable::{VariableError, Wrong};
use crate::text::secret::{ClientIdError, SecretError, mask_named};

sentences! { SecretError:
    Empty => "nothing was entered.";
    Blanks => "it contains blanks or line breaks. Copy only the token.";
    Foreign => "it contains a character that no token has. Copy it again.";
    Assignment(name) => "it begins with `{name}=`. Copy only what follows.";
}

sentences! { ClientIdError:
    Empty => "Enter the client id.";
    Blanks => "The client id contains a blank or a line break. Copy only the id.";
    Foreign => "The client id contains a character that no id has. Copy it again.";
    Assignment(name) => "The client id begins with `{name}=`. Copy only what follows.";
    MayBeSecret =>
        "That may be a secret and not a client id, so it is not shown. A client id has 36 characters, like a \
         DataSet's.";
}

sentences! { AccountNameError:
    Empty => "The account needs a name, such as `analyst`.";
    TooLong(length) => "The name has {length} characters; the limit is 64.";
    Character(character) => "The name cannot contain {character:?}.";
    Edge => "The name cannot begin with a dot, a hyphen or a space, or end with a space.";
    MayBeSecret => "That may be a token, and names are shown. Choose another name, such as `analyst`.";
}

sentences! { AddressError:
    NoUrl(given) => "{} not an address. One looks like https://api.data.world.", subject(given.as_deref());
    MayBeSecret =>
        "That may be a token and not an address, so it is neither shown nor looked up. An address looks like \
         https://api.data.world.";
    NotSafe => "The address has to begin with https://: a token is sent to it. Plain http is for this computer only.";
    Credentials => "The address may have no user or password in it. Credentials belong to accounts.";
    Query => "The address may not have a `?` or `#` in it: give only the part before.";
}

impl Display for InstanceError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let subject = subject(self.0.as_deref());
        write!(f, "{subject} no Domo instance. It is `acme` where you open Domo at https://acme.domo.com.")
    }
}

fn subject(given: Option<&str>) -> String {
    given.map_or_else(|| "That is".to_owned(), |given| format!("`{given}` is"))
}

sentences! { SettingError:
    Unexpanded => "only a shell replaces `~` and `$`. Write the whole path, or one from the folder of this file";
    Seconds => "a time limit is 1 to 86400 seconds";
    Attempts => "attempts must be from 1 to 20";
}

impl Display for LevelError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no level of the log. Levels are off, error, warn, info and debug", mask_named(&self.0))
    }
}

const EXAMPLE_FOLDER: &str = if cfg!(windows) { r"C:\Users\ann\writeback" } else { "/home/ann/writeback" };

impl Display for VariableError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.wrong)
    }
}

sentences! { Wrong:
    Empty => "is set, but empty. Give it a value, or unset it.";
    NotText => "is not UTF-8 text. Set it again, as UTF-8.";
    Control => "has a line break or another control character in it. Set it to one line of text.";
    HalfQuoted => "has a quote at one end only. Remove it.";
    Assignment(assigned) => "begins with `{assigned}=`. Set it only to what follows.";
    Unexpanded =>
        "has `~`, `$` or `%` in it, in place of a folder. Only a shell replaces these, and not within quotes: write \
         the whole path, such as {}.", EXAMPLE_FOLDER;
    NoSecret(error) => "is not a token: {error}";
    NoClientId(error) => "cannot be used. {error}";
    Proxy => "is not a proxy's address, such as http://proxy.example:8080 or http://USER:PASSWORD@proxy.example:8080.";
    ProxyKind =>
        "names a kind of proxy that is not supported: it has to be http, https, socks4, socks4a, socks5 or socks5h.";
    Marks => "has quotes, blanks or line breaks around its value. Remove them.";
}

sentences! { ExportNameError:
    Empty => "Enter a name for the export.";
    MayBeSecret => "That may be a token, and names are shown. Choose another name.";
}

sentences! { IdError:
    NoDataSetId => "Enter the Input DataSet ID: open the DataSet in Domo and copy the address from the browser.";
    MalformedDataSetId =>
        "That is not a DataSet ID. It has 36 characters, like 845305d8-da3d-4107-a9d6-13ef3f86d4a4, and stands in the \
         DataSet's address after /datasources/.";
    NoDatasetKey => "Enter the data.world dataset as owner/id, or paste its address from the browser.";
    OnePart =>
        "That names only one part. A data.world dataset is owner/id, as in its address: acme-analytics/sales-mart.";
    MalformedDatasetKey =>
        "That is not a data.world dataset. Its owner and its id have lower-case letters, digits and single hyphens: \
         acme-analytics/sales-mart.";
    MayBeSecret =>
        "That may be a token, and is not shown. A data.world dataset is owner/id: acme-analytics/sales-mart.";
    OtherSite =>
        "That address is not one of data.world's. A dataset's address looks like \
         https://data.world/acme-analytics/sales-mart.";
}

sentences! { OutputError:
    NoName => "Enter a file name, without the extension.";
    LongName(length) =>
        "That name is too long: with what is appended it has {length} characters, and data.world takes 128.";
    Slash => "A file name cannot contain a slash (/).";
    Backslash => "A file name cannot contain a backslash (\\).";
    Control => "A file name cannot contain control characters.";
    OnlyDots => "A file name needs more than dots.";
    NoDescription => "The description is empty. To leave data.world's as it is, leave it out.";
    LongDescription(length) => "A description has at most 120 characters; this one has {length}.";
    LabelTwice(label) => "The label `{}` is there twice. Leave one of the two out.", label.into_str();
    KeepNone => "`keep` must be at least 1. To keep all files, leave it out.";
}

sentences! { ScheduleError:
    Every =>
        "`every` is a number and a unit: 15 minutes, 2 hours, 3 days, 2 weeks, 6 months; or one of hour, day, \
         weekday, week, month.";
    TooMany(every, most) => "Every {every} is more than the {most} that `every` takes.";
    Date => "A date has a year, like 2026-11-23, 23 Nov 2026, or 11/23/2026.";
    Time => "A time of day has hours and minutes, from 00:00 to 23:59, like 06:30 or 6:30 pm.";
    Day => "A day is a number from 1 to 31, or a day of the week: monday, mon-fri, 2nd sunday, last friday.";
    Zone { typed, nearest } => "`{}` is not a time zone. {}", mask_named(typed), zone_hint(*nearest);
    CronFields(fields) =>
        "A cron expression has five fields, minute to day of the week: 30 6 * * 1-5. This one has {fields}.";
    Cron(reason) => "That is not a cron expression. {reason}.";
    CronNever => "This cron expression never matches any day.";
    BesideCron => "`cron` says all of it: `every`, `on`, `at`, `from` and `to` cannot stand beside it.";
    NoEvery => "The schedule lacks `every`: how often it runs.";
    NoDays => "The schedule lacks `every`: day, weekday, week or month.";
    NoStart => "The schedule lacks `start`: the date from which it is counted.";
    NoTime => "The schedule lacks `at`: the time of the run, like 06:30.";
    NoTimes => "The schedule lacks `at`: the time of the run, like 06:30, or `every`, an interval.";
    NoWeekdays => "The schedule lacks `on`: the days of the week, like [\"monday\"].";
    NoDate => "The schedule lacks `on`: the day of the month, 1 to 31.";
    NoMonthDays => "The schedule lacks `on`: days, like [1, 15] or [\"2nd sunday\"].";
    NoHours => "`from` and `to` are the same. For the whole day, leave `to` out.";
    NotOfWeek => "Of a week, `on` names days like monday. Days within the month go without `every`.";
    NotOneDate => "Of a month, `on` is one day, 1 to 31. Several, or days of the week, go without `every`.";
    MixedDays => "`on` names days of the month or days of the week, not both.";
    Meaningless(key) => "`{key}` has no meaning in this schedule. {}", instead_of(key);
    RetryMinutes => "A retry comes after 1 minute to 24 hours, like 5 minutes.";
    RetryAtMost => "A run is retried 1 to 99 times at most. To have it never retried, leave [retry] out.";
}

fn zone_hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || "Its name has the form Area/City, like America/Denver, or is UTC.".to_owned(),
        |name| format!("Did you mean {name}?"),
    )
}

fn instead_of(key: &str) -> &'static str {
    match key {
        "at" => "Times at an interval begin at `from` and end before `to`.",
        "from" | "to" => "`from` and `to` are for times at an interval: every = \"2 hours\".",
        "on" => "Days are chosen for every = \"week\" or \"month\", for an interval, or for `at` alone.",
        _ => "Only an Advanced schedule starts at once; any other can be run by hand.",
    }
}

impl Display for IntendedStartError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "neither a time with its offset, like 2026-11-28T06:30:00Z, nor the name of a Job")
    }
}
