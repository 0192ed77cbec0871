//! Airflow, 3 or 2.11: a DAG with one task, which runs the saved export.

use std::path::Path;

use super::cron_fields::ClusterPlan;
use super::task::{WrittenTask, dns_label, literal, marker, path_text};
use super::{Scheduler, Task, WriteError};
use crate::export::schedule::current_name;

pub(super) struct Airflow;

impl Scheduler for Airflow {
    fn title(&self) -> &'static str {
        "Airflow"
    }

    fn write(&self, task: &Task) -> Result<WrittenTask, WriteError> {
        let dag = dns_label(&task.slug);
        let Task { slug, export, begins, .. } = task;
        let marker = marker(slug);
        let schedule = export.schedule.describe();
        let ClusterPlan { cron, zone, exact } = ClusterPlan::new(&export.schedule);
        let (cron, zone) = (literal(&cron), literal(current_name(zone)));
        let begins = begins.format("%Y, %-m, %-d, %-H, %-M");
        let (program, slug) = (literal(path(&task.program)?), literal(slug));
        let home = task.home.as_deref().map(path).transpose()?;
        let (home, environment) = match home {
            Some(home) => (
                format!("WRITEBACK_HOME = {}\n", literal(home)),
                "        env={\"WRITEBACK_HOME\": WRITEBACK_HOME},\n        append_env=True,\n",
            ),
            None => (String::new(), ""),
        };
        // A retry by Airflow is for the same moment, and a manual run is begun by a person.
        let when = match exact {
            false => r#"'--if-due-at={{ "by-hand" if dag_run.run_type == "manual" else ts }}'"#.to_owned(),
            true => literal("--scheduled"),
        };
        let (no_retry, retries) = match export.retry {
            Some(retry) => (
                "\"--no-retry\", ",
                format!(
                    "        retries={},\n        retry_delay=timedelta(minutes={}),\n",
                    retry.at_most, retry.minutes
                ),
            ),
            None => ("", "        retries=0,\n".to_owned()),
        };
        let timedelta = if export.retry.is_some() { "from datetime import timedelta\n" } else { "" };
        let name = literal(&export.name);
        let what = literal(&format!("{} to {}/{}", export.input.dataset, export.output.dataset, export.output.file));
        let about = export.description.as_ref().map(|description| format!("{description}\n\n")).unwrap_or_default();
        // Airflow would take a text that ends in .md for the name of a file.
        let about = literal(&format!("{about}{schedule}."));
        let text = format!(
            r#"{marker}
#
# For Airflow's DAGs folder: it works while it is there, and deleting it takes it out again. The export, by its name, and its
# accounts have to be saved on the computers that run tasks, under WRITEBACK_HOME; credentials may also come from their
# environment: DW_AUTH_TOKEN; and DOMO_CLIENT_ID and DOMO_CLIENT_SECRET, or DOMO_DEVELOPER_TOKEN and DOMO_INSTANCE.
import shlex
{timedelta}
import pendulum
from airflow.timetables.trigger import CronTriggerTimetable

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.operators.bash import BashOperator

# On the computers that run tasks.
WRITEBACK = {program}
{home}
with DAG(
    dag_id="{dag}",
    dag_display_name={name},
    description={what},
    doc_md={about},
    schedule=CronTriggerTimetable({cron}, timezone={zone}),
    # When this was written: Airflow makes up for one run that it has missed since.
    start_date=pendulum.datetime({begins}),
    catchup=False,
    max_active_runs=1,
    tags=["writeback"],
):
    BashOperator(
        task_id="run",
        bash_command=shlex.join([WRITEBACK, "run", {when}, {no_retry}{slug}]),
{environment}{retries}    )
"#
        );
        Ok(WrittenTask::one(format!("{dag}.py"), text, exact))
    }
}

/// Refuses braces, which Airflow's templates would replace.
fn path(path: &Path) -> Result<&str, WriteError> {
    let text = path_text(path)?;
    if text.contains(['{', '}']) { Err(WriteError::Path(path.to_owned())) } else { Ok(text) }
}
