//! Everything that tests and benchmarks use. The modules themselves are private, so that the compiler finds dead code.

pub mod accounts {
    pub use crate::accounts::{
        Account, AccountKey, AccountRef, Book, ChangeError, CredentialError, CredentialOrigin, CredentialOwner,
        KeyringError, Named, SecretHome, Stored, Vault,
    };
}
pub mod cli {
    pub use crate::cli::manual;
}
pub mod check {
    pub use crate::check::{Checked, State, Step, StepResult, Warning};
}
pub mod config {
    pub use crate::config::{Addresses, Appearance, Config, Environment, KeyBinding, Limits, Network};
}
pub mod explain {
    pub use crate::explain::{Explanation, OWNER_RULE, account, failure};
}
pub mod export {
    pub use crate::export::{
        Append, Checks, CredentialNames, DatasetKey, Export, FileDescription, HashRows, Keep, Label, Nulls, Retry,
        Schedule, Service, Setting, Update,
    };
    pub mod schedule {
        pub use crate::export::schedule::{
            Active, Advanced, Day, DaysOfMonth, Nth, Punctuality, Rhythm, TimeOfDay, Times, WeekdayOfMonth, parse_zone,
        };
    }
}
pub mod history {
    pub use crate::history::{
        ExportLock, History, Kind, NewRun, Phase, RowCount, Run, RunFilter, RunResult, Statistics, WrittenFile,
    };
}
#[cfg(feature = "sandbox")]
pub mod sandbox {
    pub use crate::sandbox::{Effect, Fault, Gate, Options, Request, Route, Sandbox, StoredFile, rules};
    pub mod samples {
        pub use crate::sandbox::samples::{
            ADMIN, ADMIN_DEVELOPER_TOKEN, ARCHIVED, BIG, CLIENT_ID, CLIENT_SECRET, CLOSED_BOOKS, CLOUD, DAILY_SALES,
            DATA_FUSION, DELETED, DEVELOPER_TOKEN, EMPTY, ESCAPED, EXPIRED, FEDERATED, FINANCE, HASH_ROWS, INSTANCE,
            NO_COUNT, NO_METADATA, NON_OWNER_DEVELOPER_TOKEN, NOT_OWNED, NOT_OWNED_CO_OWNED, ORGANIZATION, PDP,
            PROJECT, QUOTED, READ_ONLY, READ_WRITE, SALES_MART, SINGLE_COLUMN, STALE_VIEW, USER_ID,
        };
    }
}
pub mod ops {
    pub mod schedules {
        pub use crate::ops::schedules::{ExportSchedules, Presence, ScheduleOption};
    }
}
pub mod schedulers {
    pub use crate::schedulers::{
        IntendedStart, LocalSchedule, LocalSchedules, ScheduleState, SchedulerError, SchedulerKind, Task, WriteError,
        WrittenTask, is_due, write,
    };
}
pub mod services {
    pub use crate::services::Services;
    pub mod dataworld {
        pub use crate::services::dataworld::{Access, Dataset, File, Head, Listed, Shelf, User, Visibility};
    }
    pub mod domo {
        pub use crate::services::domo::{
            Column, DataSet, DataSetKind, DomoCredential, DomoIdentity, Hiding, Ownership, Preview,
        };
    }
    pub mod http {
        pub use crate::services::http::{Action, ApiError, Broken, Distrust, LinkFault, Retry};
    }
}
pub mod text {
    pub mod format {
        pub use crate::text::format::{count, moment};
    }
    pub mod secret {
        pub use crate::text::secret::Secret;
    }
    pub mod terminal_text {
        pub use crate::text::terminal_text::{columns, fit, name};
    }
}
pub mod transfer {
    pub use crate::transfer::{
        Failure, FileAfter, FileNow, Job, LeftOut, NoCount, NotBegun, Outcome, Pace, Past, Pause, PhaseState, Progress,
        Refusal, Replaced, RowStart, RunNote, SpoolFault, Summary, Unproven, start,
    };
    pub mod download {
        pub use crate::transfer::download::Fetched;
    }
    pub mod meter {
        pub use crate::transfer::meter::Meter;
    }
}
pub mod tui {
    pub use crate::tui::{Background, Effects, Ended, Session, Tools};
    pub mod app {
        pub use crate::tui::app::{App, keys_markdown, update};
    }
    pub mod dashboard {
        pub use crate::tui::dashboard::{Overlay, Tab};
        pub mod exports {
            pub use crate::tui::dashboard::exports::Standing;
        }
    }
    pub mod form {
        pub use crate::tui::form::{Field, FieldSpec, Intent, Kind, Note, Value, lines};
    }
    pub mod mouse {
        pub use crate::tui::mouse::meant;
    }
    pub mod screen {
        pub use crate::tui::screen::{HitMap, HitTarget, ScrollState, Theme, draw, draw_wizard};
    }
    pub mod state {
        pub use crate::tui::state::{
            AccountChange, Answer, BrowseReply, CheckReply, Copied, CreateReply, DataSetReply, DatasetReply,
            DownloadReply, Effect, LocalData, Login, Msg, Opening, Page, Request, RequestId, RunEntry, RunOrder,
            RunReply, RunState, Runs, SaveReply, SavedExport, ScheduleChange, ScheduleReply, Subject, Tab, Tested,
        };
        pub mod actions {
            pub use crate::tui::state::actions::{Hint, Keyed, footer};
        }
    }
    pub mod terminal {
        pub use crate::tui::terminal::{Modes, install_panic_hook, is_entered, open};
    }
    pub mod wizard {
        pub use crate::tui::wizard::{
            Draft, Effect, Field, List, Login, Model, Msg, Origin, Original, Overlay, Page, Picker, Remote, Severity,
            Start, Step, all_fields, draft_question, spec, update,
        };
        pub mod actions {
            pub use crate::tui::wizard::actions::{Hint, footer, help, table};
        }
        pub mod credentials {
            pub use crate::tui::wizard::credentials::{Source, secret_storage};
        }
        pub mod details {
            pub use crate::tui::wizard::details::replaced_file;
        }
        pub mod review {
            pub use crate::tui::wizard::review::{export, lines};
        }
    }
}
