//! Sentences about credentials in use, and about changed accounts with their exports.

use crate::accounts::{Account, KeyringError, Removed};
use crate::export::Service;

/// The precedence between two Domo credentials in the environment.
pub const TOKEN_BEFORE_CLIENT: &str =
    "Domo gets DOMO_DEVELOPER_TOKEN. DOMO_CLIENT_ID and DOMO_CLIENT_SECRET are set too, and are used only without it.";

pub fn renamed(
    service: Service,
    (name, new): (&str, &str),
    exports: &[String],
    left: Option<&KeyringError>,
) -> Vec<String> {
    let also = if exports.is_empty() { String::new() } else { format!(", also in {}", listed(exports)) };
    let left =
        left.map(|reason| format!("Its secret is still in the keyring under the old name, {name}, as well. {reason}"));
    std::iter::once(format!("Renamed the {service} account {name} to {new}{also}.")).chain(left).collect()
}

pub fn moved(
    service: Service,
    (from, to): (&str, &str),
    exports: &[String],
    accounts: (Option<&Account>, Option<&Account>),
) -> Vec<String> {
    if exports.is_empty() {
        return vec![format!("No export uses the {service} account {from}: nothing was moved.")];
    }
    let moved = format!("Moved {} from the {service} account {from} to {to}.", listed(exports));
    let instance = |account: Option<&Account>| account.and_then(|account| account.instance.clone());
    let instances = instance(accounts.0).zip(instance(accounts.1)).filter(|(from, to)| from != to);
    let elsewhere = instances.map(|(from, to)| {
        format!("{from}.domo.com and {to}.domo.com are different: check that {to} has the DataSets.")
    });
    std::iter::once(moved).chain(elsewhere).collect()
}

pub fn removed(service: Service, name: &str, removed: &Removed) -> String {
    match removed {
        Removed::WithSecret => format!("Removed the {service} account {name} and its secret."),
        Removed::SecretLeft(reason) => format!(
            "Removed the {service} account {name}. If a keyring has its secret, it is still there, under service \
             writeback. {reason}"
        ),
    }
}

pub fn listed(exports: &[String]) -> String {
    let noun = if exports.len() == 1 { "the export" } else { "the exports" };
    format!("{noun} {}", exports.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_instance_may_not_have_the_data_sets() {
        let of = |instance: Option<&str>| {
            let account = Account::new(Service::Domo, "x");
            Account { instance: instance.map(str::to_owned), ..account }
        };
        let said = |from: Option<&str>, to: Option<&str>| {
            let (from, to) = (of(from), of(to));
            moved(Service::Domo, ("old", "new"), &["Sales".to_owned()], (Some(&from), Some(&to)))
        };
        let moved = "Moved the export Sales from the Domo account old to new.";
        let check = "acme.domo.com and other.domo.com are different: check that other has the DataSets.";
        assert_eq!(said(Some("acme"), Some("other")), [moved, check]);
        for (from, to) in [(Some("acme"), Some("acme")), (None, Some("acme")), (Some("acme"), None)] {
            assert_eq!(said(from, to), [moved], "{from:?} {to:?}");
        }
    }
}
