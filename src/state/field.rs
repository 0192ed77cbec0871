//! The fields of the panes: what a message and a draft mean by one.

use serde::{Deserialize, Serialize};

/// What can have the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// Credentials: which data.world account.
    DataWorldAccount,
    /// Credentials: *API Token*.
    DataWorldToken,
    /// Credentials: the API's address, for private instances.
    DataWorldAddress,
    /// Credentials: what the data.world account will be called.
    DataWorldName,
    /// Credentials: which Domo account.
    DomoAccount,
    /// Credentials: client id and secret, or developer token.
    DomoMethod,
    /// Credentials: the client id.
    DomoClientId,
    /// Credentials: the client secret.
    DomoClientSecret,
    /// Credentials: the instance that a developer token belongs to.
    DomoInstance,
    /// Credentials: the developer token.
    DomoToken,
    /// Credentials: what the Domo account will be called.
    DomoName,
    /// Details: *Input DataSet ID*.
    InputDataSet,
    /// Details: "I am an owner or co-owner".
    OwnerConfirmed,
    /// Details: the export of a DataSet that the account sees whole and does not own.
    UnownedConfirmed,
    /// Details: *Select data.world DataSet Method*.
    DatasetMethod,
    /// Details: *data.world DataSet*, selected.
    Dataset,
    /// Details: *data.world DataSet*, entered.
    DatasetId,
    /// Details, a new dataset: its owner.
    NewOwner,
    /// Details, a new dataset: its title.
    NewTitle,
    /// Details, a new dataset: private or open.
    NewVisibility,
    /// Details: *Select File Name Method*.
    FileMethod,
    /// Details: *Files*, selected.
    Files,
    /// Details: *File Name*, entered.
    FileName,
    /// Details: *Append Date or Number to Filename*.
    Append,
    /// Scheduling: *Basic Scheduling*, *Advanced Scheduling*, or a cron expression.
    ScheduleMode,
    /// Scheduling, Basic: the unit of the interval.
    Interval,
    /// Scheduling, Basic: how many of them.
    Every,
    /// Scheduling, Basic: on which days of the week, or which day of the month.
    OnDays,
    /// Scheduling: the start time.
    StartTime,
    /// Scheduling: active hours, from.
    ActiveFrom,
    /// Scheduling: active hours, to.
    ActiveTo,
    /// Scheduling, Advanced: on which days of the month.
    MonthDays,
    /// Scheduling, Advanced: at a time or at an interval.
    ByInterval,
    /// Scheduling, Advanced: the interval.
    AdvancedInterval,
    /// Scheduling, Advanced: *Start immediately*.
    StartAtOnce,
    /// Scheduling: the cron expression.
    Cron,
    /// Scheduling: the start date.
    StartDate,
    /// Scheduling: the time zone.
    TimeZone,
    /// Scheduling: *Always retry when an update fails*.
    Retry,
    /// Scheduling: minutes between two attempts.
    RetryMinutes,
    /// Scheduling: the most attempts.
    RetryAtMost,
    /// Scheduling: *Update Method*.
    UpdateMethod,
    /// Scheduling: only when updated.
    OnlyWhenUpdated,
    /// Scheduling: keep last N.
    Keep,
    /// Name & Describe: the export's name.
    ExportName,
    /// Name & Describe: the export's description.
    ExportDescription,
    /// Name & Describe: the file's description on data.world.
    FileDescription,
    /// Name & Describe: one of the file's labels on data.world, by its place in [`crate::export::Label::ALL`].
    FileLabel(usize),
    /// Review: start.
    Start,
    /// Run: progress and outcome.
    Progress,
}

impl Field {
    /// Whether it holds a secret.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::DataWorldToken | Self::DomoClientSecret | Self::DomoToken)
    }

    /// Whether characters that are typed go into it.
    pub fn takes_text(self) -> bool {
        self.is_secret()
            || matches!(
                self,
                Self::DataWorldAddress
                    | Self::DataWorldName
                    | Self::DomoClientId
                    | Self::DomoInstance
                    | Self::DomoName
                    | Self::InputDataSet
                    | Self::DatasetId
                    | Self::NewTitle
                    | Self::FileName
                    | Self::Every
                    | Self::OnDays
                    | Self::StartTime
                    | Self::ActiveFrom
                    | Self::ActiveTo
                    | Self::MonthDays
                    | Self::AdvancedInterval
                    | Self::Cron
                    | Self::StartDate
                    | Self::TimeZone
                    | Self::RetryMinutes
                    | Self::RetryAtMost
                    | Self::Keep
                    | Self::ExportName
                    | Self::ExportDescription
                    | Self::FileDescription
            )
    }

    /// Whether there is a list to choose its value from.
    pub fn has_list(self) -> bool {
        matches!(self, Self::InputDataSet | Self::Dataset | Self::Files)
    }
}
