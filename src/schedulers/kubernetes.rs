//! Kubernetes, 1.27 or newer: a CronJob, a ConfigMap with the definition, and a reference to a Secret.

use super::cron_fields::ClusterPlan;
use super::task::{WrittenTask, dns_label, is_visible, literal, marker};
use super::{Scheduler, Task, WriteError};
use crate::export::schedule::current_name;
use crate::export::{CredentialNames, Export};

/// Seconds after which Kubernetes skips a late run.
const DEADLINE: u32 = 3_000;

/// The image's unprivileged user.
const USER: u32 = 65_532;

pub(super) struct Kubernetes;

impl Scheduler for Kubernetes {
    fn title(&self) -> &'static str {
        "Kubernetes"
    }

    fn write(&self, task: &Task) -> Result<WrittenTask, WriteError> {
        let name = dns_label(&task.slug);
        let Task { export, .. } = task;
        let ClusterPlan { cron, zone, exact } = ClusterPlan::new(&export.schedule);
        let marker = marker(&task.slug);
        let version = env!("CARGO_PKG_VERSION");
        let description = literal(&format!("{}: {}", export.name, export.schedule.describe()));
        // Accounts keep their secrets on this computer; without account names, the environment is used.
        let there = Export { credentials: CredentialNames::default(), ..export.clone() };
        let definition = block(there.to_toml()?.trim_end(), 4);
        let (cron, zone) = (literal(&cron), literal(current_name(zone)));
        let (guard, environment) = if exact { ("--scheduled", "") } else { ("--if-due-at=$(JOB_NAME)", JOB_NAME) };
        let History { volume: history, claim, lost } = History::new(export, &name);
        let text = format!(
            r#"{marker}
#
#   kubectl apply -f {name}.yaml
#
# takes it in, and `kubectl delete -f` takes it out again.{lost}
#
# The credentials are those of a Secret, which is made once for all exports. Type one NAME=value a line, then Ctrl-D:
#
#   kubectl create secret generic writeback --from-env-file=/dev/stdin
#
# DW_AUTH_TOKEN; and DOMO_CLIENT_ID and DOMO_CLIENT_SECRET, or DOMO_DEVELOPER_TOKEN and DOMO_INSTANCE.
# WRITEBACK_DATAWORLD_URL and WRITEBACK_DOMO_URL belong there too, where the services have addresses of their own.
apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}
  labels:
    app.kubernetes.io/name: writeback
    app.kubernetes.io/instance: {name}
data:
  export.toml: {definition}
{claim}---
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {name}
  labels:
    app.kubernetes.io/name: writeback
    app.kubernetes.io/instance: {name}
  annotations:
    kubernetes.io/description: {description}
spec:
  schedule: {cron}
  timeZone: {zone}
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: {DEADLINE}
  successfulJobsHistoryLimit: 3
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      # The definition says whether a run that failed is made again; the program does it.
      backoffLimit: 0
      ttlSecondsAfterFinished: 604800
      template:
        metadata:
          labels:
            app.kubernetes.io/name: writeback
            app.kubernetes.io/instance: {name}
        spec:
          restartPolicy: Never
          automountServiceAccountToken: false
          securityContext:
            runAsNonRoot: true
            runAsUser: {USER}
            runAsGroup: {USER}
            fsGroup: {USER}
            seccompProfile:
              type: RuntimeDefault
          containers:
            - name: writeback
              # As `docker build -t writeback:{version} .` names it; put your registry before it.
              image: writeback:{version}
              imagePullPolicy: IfNotPresent
              args: ["run", "{guard}", "/etc/writeback/export.toml"]
              env:
                - name: WRITEBACK_HOME
                  value: /var/lib/writeback
{environment}              envFrom:
                - secretRef:
                    name: writeback
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities:
                  drop: [ALL]
              resources:
                requests:
                  cpu: 50m
                  memory: 32Mi
                limits:
                  memory: 128Mi
              volumeMounts:
                - name: definition
                  mountPath: /etc/writeback
                  readOnly: true
                - name: history
                  mountPath: /var/lib/writeback
                - name: spool
                  mountPath: /tmp
          volumes:
            - name: definition
              configMap:
                name: {name}
            - name: history
              {history}
            # An export over 1 MiB waits here between Domo and data.world; the Pod is ended where it is larger than this.
            - name: spool
              emptyDir:
                sizeLimit: 8Gi
"#
        );
        Ok(WrittenTask::one(format!("{name}.yaml"), text, exact))
    }
}

/// Tells the guard the intended start, which is in the name of the Pod's Job.
const JOB_NAME: &str = "                - name: JOB_NAME
                  valueFrom:
                    fieldRef:
                      fieldPath: metadata.labels['batch.kubernetes.io/job-name']
";

/// The history's volume; its claim, if later runs need earlier ones, and a warning about deleting that.
struct History {
    volume: String,
    claim: String,
    lost: String,
}

impl History {
    fn new(export: &Export, name: &str) -> Self {
        if export.output.keep.is_none() && !export.input.only_when_updated {
            let volume = "emptyDir:\n                sizeLimit: 64Mi".to_owned();
            return Self { volume, claim: String::new(), lost: String::new() };
        }
        let volume = format!("persistentVolumeClaim:\n                claimName: {name}");
        let claim = format!(
            "---
# The history. `only_when_updated` and `keep` go by it; without either it may be an emptyDir.
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {name}
  labels:
    app.kubernetes.io/name: writeback
    app.kubernetes.io/instance: {name}
spec:
  accessModes: [ReadWriteOnce]
  resources:
    requests:
      storage: 64Mi
"
        );
        let lost = format!(
            " That deletes the volume claim too, and with it the
# history, by which `only_when_updated` and `keep` go. To keep the history, delete only the others:
#
#   kubectl delete cronjob,configmap {name}"
        );
        Self { volume, claim, lost }
    }
}

/// A YAML block scalar, indented, or a quoted string if YAML could read the lines differently.
fn block(text: &str, indent: usize) -> String {
    let as_it_is = text.chars().all(|c| c == '\n' || is_visible(c))
        && text.ends_with(|c| c != '\n')
        && !text.starts_with([' ', '\n']);
    if !as_it_is {
        return literal(text);
    }
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!("{:indent$}{line}", "") });
    format!("|-\n{}", lines.collect::<Vec<_>>().join("\n"))
}
