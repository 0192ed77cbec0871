//! Failed calls to the services.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::{Explanation, connection};
use crate::config::is_this_computer;
use crate::export::Service;
use crate::services::http::{Action, ApiError, Broken, LinkFault};
use crate::text::format;
use crate::text::terminal_text::printable;

pub(super) const READ_WRITE: &str = "Use a \"Read/Write\" token from data.world under Settings, Advanced; a custom one \
                                     needs \"Read and write\" or more.";
/// Advice for a token of data.world that has expired or soon will.
pub(super) const NEW_TOKEN: &str =
    "Get a new one from data.world under Settings, Advanced, and replace the old one with it.";
const COPY_AGAIN: &str = "Copy the token again in data.world under Settings, Advanced: it may have been reset or have expired. \
                          If none are shown there, ask an administrator, who can hide them.";

/// In seconds.
const MONTH: u64 = 31 * 24 * 60 * 60;

pub(super) fn explain(error: &ApiError) -> Explanation {
    let ApiError { service, host, .. } = error;
    explained! { &error.broken;
        Broken::Name => "No address was found for {host}, so {service} could not be reached.",
            "Check the network, and the address if you set it yourself. A company network may need a proxy: set \
             HTTPS_PROXY to its address.";
        Broken::Connect(LinkFault::Refused) if is_this_computer(host) =>
            "{service} could not be reached at {host}: nothing listens there.", {NOBODY_HERE};
        Broken::Connect(fault) if is_this_computer(host) => "{service} could not be reached at {host}: {fault}.",
            {NOBODY_HERE};
        Broken::Connect(LinkFault::ClosedEarly) =>
            "{service} could not be reached at {host}: the connection was closed before it was safe.",
            "Check the network. A firewall, or a company proxy that has to be named in HTTPS_PROXY, may close it.";
        Broken::Connect(fault) => "{service} could not be reached at {host}: {fault}.",
            "Check the network. A company network may need a proxy: set HTTPS_PROXY to its address.";
        Broken::Tls(distrust) => [connection::tls(host, distrust)];
        Broken::Proxy(proxy, fault) => [connection::proxy(*service, host, proxy, fault)];
        Broken::Variable(wrong) => "{service} was not called. {wrong}",
            "Correct the variable, or unset it if no proxy is needed here.";
        Broken::TokenEnded(end) =>
            ("The data.world API token expired on {}, so data.world does not accept it (401).", format::day(*end)),
            {NEW_TOKEN};
        Broken::NoScope(scopes) =>
            ("The Domo client is not allowed to read data: its scopes are {}.", scopes.join(", ")),
            "Clients cannot be changed: create a new one in Domo under Admin, Authentication, with the scope data.";
        Broken::ReadToken => "The API token says that it is read-only, and an export has to write its file.",
            {READ_WRITE};
        Broken::Timeout => "{service} did not answer in time.", {after_timeout(error.action)};
        Broken::Cut(fault) => "The connection to {service} was lost: {fault}.", {cut_again(error)};
        Broken::AcceptedEarly(sent) =>
            "The connection to {service} was lost: data.world accepted the file after {sent} bytes, before all of it \
             was sent.", {cut_again(error)};
        Broken::Stalled(limit) =>
            ("The transfer stalled: no data went to or came from {service} for {}.", format::took(*limit)),
            "Try again. If the service is just slow, raise stall_seconds in config.toml under [limits].";
        Broken::Redirect(to) =>
            ("Instead of answering, {host} redirected to {}. Your credentials were not sent there.",
             if to.is_empty() { "another address" } else { to }),
            "Check the address of the service: it may have moved. The network's login page may be answering: open a \
             web page in a browser first.";
        Broken::SentOn { to, code } =>
            "{host} redirected the download to {to}, which refused it ({code}). The token was not sent there.",
            "Try again. If it keeps happening, tell {service}'s support where it redirects to.";
        Broken::NotTheService(media_type) =>
            ("What answered at {host} is not {service}'s API: it sent {}.", media_kind(media_type)),
            "Check the address. A proxy or the network's login page may be answering: open a web page in a browser \
             first.";
        Broken::Unreadable(reason) => ("{service}'s answer could not be read: {}.", reason_clause(reason)),
            "Check the address of the service. If it is right, this version of Writeback may be too old for it.";
        Broken::Unaddressable(name) =>
            ("`{}` was not called: in the address of a call to {service} that name would lead to something else.",
             printable(name)),
            "Rename or delete it on {service}'s own pages.";
        Broken::Deleted => "The DataSet has been deleted in Domo.", "Choose another DataSet, or restore it in Domo.";
        Broken::Status { code, message, support_id, retry_after } => [{
            let (what, advice) = status(error, *code, message.as_deref());
            // No wait, or one of years, is no advice.
            let is_wait = |wait: &Duration| *code == 429 && (1..=MONTH).contains(&wait.as_secs());
            let advice = match retry_after.filter(is_wait) {
                Some(wait) => format!("It asks you to wait {}; try again after that.", format::about(wait)),
                None => advice,
            };
            Explanation { what, advice, support_id: support_id.clone() }
        }];
    }
}

fn after_timeout(action: Action) -> &'static str {
    match action {
        Action::Export => {
            "Try again in a few minutes. If Domo needs longer to make this export, raise answer_seconds in config.toml \
             under [limits]."
        }
        Action::Upload => {
            "Try again in a few minutes. If data.world needs longer to answer once it has the whole file, raise \
             answer_seconds in config.toml under [limits]."
        }
        _ => "Try again in a few minutes. If it keeps happening, check the network.",
    }
}

/// Advice about an address of this computer, where neither network nor proxy can be the cause.
const NOBODY_HERE: &str = "Start the program that answers there on this computer, and try again. `writeback sandbox` prints \
                           the sandbox's address when it starts.";

fn status(error: &ApiError, code: u16, message: Option<&str>) -> (String, String) {
    let service = error.service;
    let testing = error.action == Action::Test;
    let of_data_set =
        matches!(error.action, Action::Read | Action::Preview | Action::Count | Action::Owners | Action::Export);
    // These calls follow the description of the DataSet, so access to the DataSet itself is proven.
    let of_its_rows = matches!(error.action, Action::Preview | Action::Count | Action::Export);
    let said =
        message.map(|message| format!(" {service} says: {}.", message.trim_end_matches('.'))).unwrap_or_default();
    let Explanation { what, advice, .. } = explained! { (service, code);
        (Service::DataWorld, 401) => "data.world does not accept the API token", {COPY_AGAIN};
        (Service::Domo, 400 | 401 | 403) if testing => "Domo does not accept the credentials",
            "Check them in Domo under Admin, Authentication. The client secret is shown once, when the client is \
             created; a Domo user's password is not a client secret.";
        (Service::Domo, 400 | 401 | 403) if error.action == Action::TestToken =>
            "Domo does not accept the access token",
            "Check it in Domo under Admin, Authentication, Access tokens: it may have been removed or have expired. \
             It is shown once, when it is created, and works only in the instance that it was created in.";
        (Service::Domo, 401 | 406) => "Domo no longer accepts this account's sign-in",
            "Test the Domo account again: its client or access token may have been removed.";
        (Service::DataWorld, 403) if error.action == Action::Upload =>
            "data.world refused the upload: the token is read-only, or you do not have write access to this dataset",
            "A check of the export tells which. Use a \"Read/Write\" token from data.world under Settings, Advanced, and \
             check that you have write access to the dataset.";
        (Service::DataWorld, 403) if error.action == Action::Delete =>
            "data.world refused to delete the file: the token is not allowed to, or you do not have write access to \
             this dataset",
            "Deleting may need more than writing: of custom tokens, one with \"Read, write, delete, and manage\". \
             Check the token in data.world under Settings, Advanced, and that you have write access to the dataset.";
        (Service::DataWorld, 403) => "data.world does not allow this",
            "Check that the token is a \"Read/Write\" one, and that you have access to the dataset.";
        (Service::Domo, _) if error.is_denied() && of_its_rows =>
            ("Domo does not let this account {} the DataSet",
             if error.action == Action::Export { "export" } else { "query" }),
            "Ask the DataSet's owner to share it with you, or to make you a co-owner. A client needs the scope data.";
        (Service::Domo, _) if error.is_denied() && of_data_set => "Domo does not let this account see the DataSet",
            "Ask the DataSet's owner to share it with you, or to make you a co-owner. A client needs the scope data.";
        (Service::Domo, 400 | 404 | 409) if of_its_rows => ("Domo could not {}", action_words(service, error.action)),
            "Domo describes this DataSet, so it is there. Most likely it is archived: press Start on its page in \
             Domo, and try again. Or it is a DataFusion, which Domo does not export.";
        (Service::Domo, 400 | 404) if of_data_set => "Domo has no DataSet with this ID",
            "Check the ID: open the DataSet in Domo and copy the address from the browser. The account must belong to \
             the same Domo instance.";
        (Service::DataWorld, 404) if error.action == Action::List => "data.world has no such user or organization",
            "Check the name: it is the first part of a dataset's address, as acme in acme/sales.";
        (Service::DataWorld, 404) => "data.world has no such dataset or file, or you do not have access to it",
            "Check the dataset's address on data.world, and that it is shared with you.";
        (Service::DataWorld, 413) => "The file is too large for data.world",
            "Export fewer rows, or ask data.world to raise the limit for the dataset's owner.";
        (Service::DataWorld, 409) if error.action == Action::Create => "data.world has a dataset with this title",
            "Choose it instead, or enter another title. If it was deleted just now, wait a few minutes.";
        (Service::DataWorld, 409 | 422) | (Service::DataWorld, 400) => "data.world did not accept the request",
            "Correct what it objects to, and try again. If it gives no reason, ask its support.";
        (_, 408) => "{service} waited too long for the request",
            "Try again. If it keeps happening, the network is slow, or a proxy on the way is delaying requests.";
        (_, 429) => "{service} is getting too many requests",
            "Wait a few minutes, then try again; running fewer exports at the same time helps.";
        (_, 407) => "The proxy asks for a user name and a password",
            "Put them in HTTPS_PROXY: http://user:password@proxy:port.";
        (_, 500..) => "{service} has a problem of its own",
            "Try again in a few minutes. If it keeps happening, ask its support.";
        _ => ("{service} could not {}", action_words(service, error.action)),
            "Try again. If it keeps happening, ask its support.";
    };
    (format!("{what} ({code}).{said}"), advice)
}

/// The action as it follows "could not".
fn action_words(service: Service, action: Action) -> &'static str {
    match (action, service) {
        (Action::Test, _) => "accept the credentials",
        (Action::TestToken, _) => "accept the access token",
        (Action::List, Service::Domo) => "list the DataSets",
        (Action::List, Service::DataWorld) => "list the datasets",
        (Action::Read, Service::Domo) => "read the DataSet",
        (Action::Read, Service::DataWorld) => "read the dataset",
        (Action::Preview, _) => "show the DataSet's first rows",
        (Action::Count, _) => "count the DataSet's rows",
        (Action::Owners, _) => "tell who owns the DataSet",
        (Action::Export, _) => "export the DataSet",
        (Action::Create, _) => "create the dataset",
        (Action::Upload, _) => "accept the file",
        (Action::Describe, _) => "save the file's description",
        (Action::Download, _) => "send the file",
        (Action::Delete, _) => "delete the file",
    }
}

/// Advice after a lost connection. A loopback address has no network in between.
fn cut_again(error: &ApiError) -> String {
    let transfers = matches!(error.action, Action::Export | Action::Upload);
    let again = if transfers { "Run the export again." } else { "Try again." };
    let host = &error.host;
    let then = if is_this_computer(host) {
        format!("look at what answers at {host}, which is on this computer")
    } else if transfers {
        "a proxy on the way may be limiting large transfers".to_owned()
    } else {
        "a firewall or a proxy on the way may be dropping the connection".to_owned()
    };
    format!("{again} If it keeps happening, {then}.")
}

// A clause, which follows what became of the connection.
sentences! { LinkFault:
    Refused => "connection refused";
    ClosedEarly => "it was closed before everything had arrived";
    Other(reason) => "{}", reason_clause(reason);
}

/// A library's message as part of a sentence.
pub(super) fn reason_clause(reason: &str) -> String {
    let reason = printable(reason);
    // Drops "(os error 111)", which helps no reader. Windows puts a period before it.
    let reason = reason.split(" (os error").next().unwrap_or_default();
    let reason = reason.trim().trim_end_matches('.');
    let mut chars = reason.chars();
    match chars.next() {
        Some(first) if chars.clone().next().is_some_and(char::is_lowercase) => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => reason.to_owned(),
    }
}

fn media_kind(media_type: &str) -> &str {
    match media_type {
        "text/html" => "a web page",
        "" => "something without a content type",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_not_suspected_for_a_local_service() {
        let explained = |host: &str, action: Action, broken: Broken| {
            explain(&ApiError { service: Service::Domo, action, host: host.to_owned(), broken }).to_string()
        };
        let said = |host: &str, fault: LinkFault| explained(host, Action::Test, Broken::Connect(fault));
        let other = |reason: &str| LinkFault::Other(reason.to_owned());
        let cut = |host: &str, action: Action| explained(host, action, Broken::Cut(other("connection reset")));
        for host in ["127.0.0.1:4567", "localhost:80", "[::1]:4567", "127.1.2.3", "localhost"] {
            let refused = said(host, LinkFault::Refused);
            assert!(
                refused.starts_with(&format!("Domo could not be reached at {host}: nothing listens there. ")),
                "{refused}"
            );
            assert!(
                refused.contains("`writeback sandbox` prints the sandbox's address") && !refused.contains("PROXY"),
                "{refused}"
            );
            for action in [Action::Read, Action::Export, Action::Upload] {
                let cut = cut(host, action);
                assert!(cut.ends_with(&format!("look at what answers at {host}, which is on this computer.")), "{cut}");
            }
        }
        assert!(said("127.0.0.1:4567", other("nothing answers there")).contains(": nothing answers there. Start the"));
        for host in ["api.domo.com", "10.0.0.1:8080", "localhost.example", ""] {
            assert!(said(host, LinkFault::Refused).contains("set HTTPS_PROXY"), "{host}");
            assert!(
                cut(host, Action::Read).contains("Try again. If it keeps happening, a firewall or a proxy"),
                "{host}"
            );
            for action in [Action::Export, Action::Upload] {
                assert!(cut(host, action).ends_with("a proxy on the way may be limiting large transfers."), "{host}");
            }
        }
    }

    #[test]
    fn an_unaddressable_name_is_shown_harmlessly() {
        let broken = Broken::Unaddressable("a\n\u{1b}[2J\u{9b}31m\u{202e}b".to_owned());
        let error = ApiError { service: Service::DataWorld, action: Action::List, host: String::new(), broken };
        let said = explain(&error).what;
        assert!(!said.contains(|c: char| c.is_control() || c == '\u{202e}'), "{said:?}");
    }

    #[test]
    fn a_library_message_fits_into_a_sentence() {
        for reason in
            ["Connection refused (os error 111)", "Connection refused. (os error 10061)", "Connection refused."]
        {
            assert_eq!(reason_clause(reason), "connection refused");
        }
        assert_eq!(reason_clause("TLS failed"), "TLS failed", "a word in capitals keeps them");
    }
}
