//! Exports that used the only account of a service without naming it, after a second one was added.

use crate::accounts::Named;
use crate::export::CredentialNames;

pub fn named(named: &Named) -> Vec<String> {
    let Named { service, account, exports, cron, failed, unreadable } = named;
    let line = format!("{} = \"{account}\"", CredentialNames::key(*service));
    // Required actions come first, because a screen may cut the rest.
    let mut said: Vec<String> = failed
        .iter()
        .map(|(export, why)| {
            format!(
                "Write {line} under [credentials] in the definition of {export}: it used the only {service} account \
                 without naming it, could not be changed, and does not run any more. {why}"
            )
        })
        .collect();
    if !exports.is_empty() {
        let (of, names) = match exports.as_slice() {
            [one] => (format!("The export {one}"), "its definition names"),
            several => (format!("The exports {}", several.join(", ")), "their definitions name"),
        };
        said.push(format!("{of} used the only {service} account without naming it: {names} {account} now."));
    }
    if !cron.is_empty() {
        let (of, it) = match cron.as_slice() {
            [one] => (format!("{one} names"), "it"),
            several => (format!("{} name", several.join(", ")), "them"),
        };
        said.push(format!(
            "{of} no account, and cron has {it}: variables in the crontab count only then. Where there are none, write \
             {line} under [credentials]."
        ));
    }
    if let Some(why) = unreadable.first() {
        said.push(format!("What cannot be read has to name an account too, such as {line} under [credentials]. {why}"));
    }
    said
}
