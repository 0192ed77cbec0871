//! Fields of the wizard's panes.

use serde::{Deserialize, Serialize};

/// Anything that can have the focus. Drafts keep fields by these names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    // Credentials.
    DataWorldAccount,
    DataWorldToken,
    DataWorldAddress,
    DataWorldName,
    DomoAccount,
    DomoMethod,
    DomoClientId,
    DomoClientSecret,
    DomoInstance,
    DomoToken,
    DomoName,
    // Details.
    InputDataSet,
    OwnerConfirmed,
    /// Asked where the account sees all of a DataSet that it does not own.
    UnownedConfirmed,
    DatasetMethod,
    Dataset,
    DatasetId,
    NewOwner,
    NewTitle,
    NewVisibility,
    FileMethod,
    Files,
    FileName,
    Append,
    // Scheduling.
    ScheduleMode,
    Interval,
    Every,
    OnDays,
    StartTime,
    ActiveFrom,
    ActiveTo,
    MonthDays,
    ByInterval,
    AdvancedInterval,
    StartAtOnce,
    Cron,
    StartDate,
    TimeZone,
    Retry,
    RetryMinutes,
    RetryAtMost,
    UpdateMethod,
    OnlyWhenUpdated,
    Keep,
    // Name & Describe.
    ExportName,
    ExportDescription,
    /// Name & Describe: the file's description on data.world.
    FileDescription,
    /// The index in [`crate::export::Label::ALL`].
    FileLabel(usize),
    // Review.
    Start,
    // Run.
    Progress,
}

impl Field {
    pub fn is_secret(self) -> bool {
        matches!(self, Self::DataWorldToken | Self::DomoClientSecret | Self::DomoToken)
    }

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

    pub fn has_list(self) -> bool {
        matches!(self, Self::InputDataSet | Self::Dataset | Self::Files)
    }
}
