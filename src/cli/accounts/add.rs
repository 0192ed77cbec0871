//! `accounts add` and `accounts replace`: read a secret, test it, and keep it in the keyring. It is never an argument,
//! because arguments are seen by every user of a computer and stay in the shell's history.

use super::{AccountsTools, ServiceName};
use crate::accounts::{Account, ChangeError, SecretHome, Stored, check_name, find_account, secret_name};
use crate::cli::trouble::Trouble;
use crate::config::{Address, parse_instance};
use crate::explain;
use crate::export::Service;
use crate::ops::accounts;
use crate::text::secret::parse_client_id;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct AddArgs {
    #[command(subcommand)]
    service: AddService,
}

/// The service of a new account. The secret is asked for, or read from standard input: it is never an argument.
#[derive(Debug, clap::Subcommand)]
enum AddService {
    /// A data.world API token, from Settings, Advanced.
    ///
    /// If none are shown there, an administrator has hidden them: ask one. For scheduled exports, the token of a service
    /// account is best.
    #[command(name = "data.world", visible_alias = "dataworld")]
    DataWorld(AddDataWorld),
    /// A Domo client or access token, created under Admin, Authentication.
    Domo(AddDomo),
}

#[derive(Debug, clap::Args)]
struct AddDataWorld {
    /// A name for the account, such as `analyst`.
    #[arg(long)]
    name: String,
    /// The address of the API, if it is not api.data.world.
    #[arg(long)]
    url: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("kind").required(true))]
struct AddDomo {
    /// A name for the account, such as `acme`.
    #[arg(long)]
    name: String,
    /// The client id; you are asked for its secret.
    #[arg(long, group = "kind")]
    client_id: Option<String>,
    /// The instance, such as `acme` for acme.domo.com; you are asked for its access token.
    #[arg(long, group = "kind")]
    instance: Option<String>,
    /// The address of the API, if it is not the default one.
    #[arg(long)]
    url: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ReplaceArgs {
    /// The account's service.
    service: ServiceName,
    /// The account's name.
    name: String,
    /// Domo: the new client id; you are asked for its secret.
    #[arg(long, conflicts_with = "instance")]
    client_id: Option<String>,
    /// Domo: the instance; you are asked for its access token.
    #[arg(long)]
    instance: Option<String>,
}

impl AccountsTools<'_> {
    /// Adds an account. Replaces an existing one only on request: its secret would be lost.
    pub(super) async fn add(&mut self, args: &AddArgs) -> Result<(), Trouble> {
        let account = account_of(&args.service)?;
        let (service, name) = (account.service, &account.name);
        if self.workspace.book().await?.would_replace(service, name)?.is_some() {
            return Err(Trouble::usage(explain::account_exists(service, name)));
        }
        self.take_in(account).await
    }

    /// Replaces the credentials of an account; omitted options stay as they were.
    pub(super) async fn replace(&mut self, args: &ReplaceArgs) -> Result<(), Trouble> {
        let service = Service::from(args.service);
        let mut account = find_account(&self.workspace.book().await?, service, &args.name)?;
        if service == Service::DataWorld && (args.client_id.is_some() || args.instance.is_some()) {
            return Err(Trouble::usage("--client-id and --instance are for Domo accounts."));
        }
        if let Some(text) = &args.client_id {
            // Domo tells the new client's instance.
            (account.client_id, account.instance) = (Some(client_id(text)?), None);
        }
        if let Some(text) = &args.instance {
            (account.client_id, account.instance) = (None, Some(instance(text)?));
        }
        self.take_in(account).await
    }

    /// Asks for the secret of an account, tests it, and saves both. Without a keyring it still tests the secret and
    /// names its owner: variables need a valid secret too.
    async fn take_in(&mut self, account: Account) -> Result<(), Trouble> {
        let kind = secret_name(&account);
        let without = self.no_keyring().await?;
        if without.is_some() {
            self.print_line(&format!("The {kind} cannot be kept here, so it is only tested."))?;
        }
        let secret = (self.secret)(&format!("{} {kind}: ", account.service))?;
        let proven = accounts::prove(self.workspace, account, &secret).await?;
        let account = proven.account.clone();
        let (service, valid) = (account.service, super::test::valid(&account));
        let stored = match without {
            Some(reason) => Stored { home: SecretHome::Session(reason), replaced: false, named: None },
            None => accounts::keep(self.workspace, account.clone(), &secret).await?,
        };
        match stored.home {
            SecretHome::Keyring(keyring) | SecretHome::Environment(keyring) => {
                let (verb, name) = (if stored.replaced { "Replaced" } else { "Added" }, &account.name);
                self.print_line(&format!(
                    "{verb} the {service} account {name}: {valid}. Its {kind} is in the {keyring}."
                ))?;
                self.warn_about(&proven)?;
                stored.named.iter().flat_map(explain::named).try_for_each(|sentence| self.print_line(&sentence))
            }
            SecretHome::Session(reason) => {
                self.print_line(&format!("✓ {service} {kind}: {valid}"))?;
                self.warn_about(&proven)?;
                Err(ChangeError::NoKeyring { service, secret: kind, reason }.into())
            }
        }
    }
}

/// The account from the arguments, before its test.
fn account_of(service: &AddService) -> Result<Account, Trouble> {
    let (service, name, client_id, domo_instance, url) = match service {
        AddService::DataWorld(args) => (Service::DataWorld, &args.name, None, None, &args.url),
        AddService::Domo(args) => {
            let domo_instance = args.instance.as_deref().map(instance).transpose()?;
            let client_id = args.client_id.as_deref().map(client_id).transpose()?;
            (Service::Domo, &args.name, client_id, domo_instance, &args.url)
        }
    };
    check_name(name).map_err(|error| Trouble::usage(error.to_string()))?;
    let address = url.as_deref().map(|url| url.parse::<Address>()).transpose();
    let address =
        address.map_err(|error| Trouble::usage(format!("--url: {error}")))?.map(|address| address.to_string());
    Ok(Account { client_id, instance: domo_instance, address, ..Account::new(service, name.clone()) })
}

fn client_id(text: &str) -> Result<String, Trouble> {
    parse_client_id(text).map_err(|error| Trouble::usage(format!("--client-id: {error}")))
}

fn instance(text: &str) -> Result<String, Trouble> {
    parse_instance(text).map_err(|error| Trouble::usage(format!("--instance: {error}")))
}
