//! A keyring for tests, of the kind that shows a dialog.

use std::collections::HashMap;

use keyring::Entry;
use keyring::api::CredentialStoreApi;
use tokio::sync::mpsc;

/// Reports each call, and shows a dialog that nobody answers.
pub(crate) struct Waiting(mpsc::UnboundedSender<()>);

impl Waiting {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<()>) {
        let (asked, is_asked) = mpsc::unbounded_channel();
        (Self(asked), is_asked)
    }
}

impl CredentialStoreApi for Waiting {
    fn vendor(&self) -> String {
        "waiting".to_owned()
    }

    fn id(&self) -> String {
        "waiting".to_owned()
    }

    fn build(&self, _: &str, _: &str, _: Option<&HashMap<&str, &str>>) -> keyring::Result<Entry> {
        // Not every test listens.
        let _ = self.0.send(());
        loop {
            std::thread::park();
        }
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}
