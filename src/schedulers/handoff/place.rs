//! Instructions for a person who installs the documents by hand.

use super::launchd::agent_label;
use super::systemd::unit_name;
use super::{SchedulerKind, Task};
use crate::text::shell::sh;

impl SchedulerKind {
    /// The instructions. None for Kubernetes and Airflow, whose documents contain them, as they go into a repository.
    pub fn install_steps(self, task: &Task) -> Vec<String> {
        let slug = &task.slug;
        let mut lines = match self {
            Self::Systemd => {
                // The quotes protect backslashes from the shell.
                let timer = format!("'{}.timer'", unit_name(slug));
                vec![
                    "Put both files, by the names after ####, into ~/.config/systemd/user, then:".to_owned(),
                    format!("  systemctl --user daemon-reload && systemctl --user enable --now {timer}"),
                    "To take it out again, before you delete both files:".to_owned(),
                    format!("  systemctl --user disable --now {timer}"),
                ]
            }
            Self::Cron => vec![
                "Add the lines to your crontab, which `crontab -e` opens; they work once it is saved.".to_owned(),
                "To take it out again, delete them there.".to_owned(),
            ],
            Self::Launchd => {
                let label = agent_label(slug);
                vec![
                    format!("Save it as ~/Library/LaunchAgents/{label}.plist, then:"),
                    format!(
                        "  launchctl bootstrap gui/$(id -u) ~/Library/LaunchAgents/{}",
                        sh(&format!("{label}.plist"))
                    ),
                    "To take it out again, before you delete the file:".to_owned(),
                    format!("  launchctl bootout gui/$(id -u)/{}", sh(&label)),
                ]
            }
            Self::Windows => vec![
                format!("Save it as {slug}.xml, then:"),
                format!(r#"  schtasks /Create /TN "\Writeback\{slug}" /XML "{slug}.xml""#),
                "To take it out again:".to_owned(),
                format!(r#"  schtasks /Delete /TN "\Writeback\{slug}""#),
            ],
            Self::Kubernetes | Self::Airflow => return Vec::new(),
        };
        // The output may be for another computer.
        lines.push(
            "On the computer that is to run it, --install does all of that, and --remove takes it out again."
                .to_owned(),
        );
        lines
    }
}
