//! `parlord cert`: the certificate, shown or renewed.

use anyhow::{Context as _, bail};
use clap::Subcommand;
use jiff::Timestamp;
use parlor_certs::Identity;
use parlord::certificate::Certificate;
use parlord::data_dir::DataDir;

use super::options::Place;
use super::print;

#[derive(Debug, Subcommand)]
pub(crate) enum CertCommand {
    /// Show the server's pin, and until when its certificate holds
    Show(Place),
    /// Make a new certificate for the same key: the pin stays
    Renew(Place),
}

/// Shows the certificate or renews it. A running server takes a renewed one by itself.
pub(crate) fn cert(command: &CertCommand) -> anyhow::Result<()> {
    let (CertCommand::Show(place) | CertCommand::Renew(place)) = command;
    let config = place.config()?;
    let data = DataDir::open(&config.data)?;
    let certificate = Certificate::of(&config, &data);
    let files = certificate.files();
    let identity = match command {
        CertCommand::Show(_) => {
            if !files.cert.exists() {
                bail!("there is no certificate yet; the server makes one at its first start");
            }
            Identity::from_pem(&files)?
        }
        CertCommand::Renew(_) => match certificate.renew() {
            Some(renewed) => renewed?,
            None => bail!(
                "{} is not of the server's own making; renew it where it comes from",
                files.cert.display()
            ),
        },
    };
    let until = Timestamp::try_from(identity.not_after()).context("the certificate's end")?;
    print(&format!(
        "Pin:          {}\nHolds until:  {}\nCertificate:  {}\nKey:          {}\n",
        identity.pin(),
        until.strftime("%Y-%m-%d"),
        files.cert.display(),
        files.key.display(),
    ))
}
