//! `register`, `login`, `logout`, `forget`.

use std::io::{self, BufRead, IsTerminal, Write};

use parlor_client::{
    Account, ConnectError, Credentials, EndReason, Home, Link, Trust, greet, sign_in_line,
};
use parlor_protocol::Request;
use parlor_protocol::request::Logout;

use crate::asking::{Asking, choose};
use crate::failure::Failure;
use crate::password;
use crate::print::Printer;

pub(crate) async fn register(
    home: &Home,
    link: &Link,
    username: String,
    name: Option<String>,
    out: &mut Printer,
) -> Result<(), Failure> {
    trust(home, link).await?;
    let credentials = Credentials::Register {
        username,
        password: password::read(true)?,
        name,
        invite: link.invite.clone(),
    };
    enter(home, link, credentials, out).await
}

pub(crate) async fn login(
    home: &Home,
    link: &Link,
    username: String,
    out: &mut Printer,
) -> Result<(), Failure> {
    trust(home, link).await?;
    let credentials = Credentials::Login {
        username,
        password: password::read(false)?,
    };
    enter(home, link, credentials, out).await
}

async fn enter(
    home: &Home,
    link: &Link,
    credentials: Credentials,
    out: &mut Printer,
) -> Result<(), Failure> {
    let (account, line) = sign_in_line(home, link, credentials).await?;
    out.raw(&line)?;
    out.text(&format!(
        "Signed in as {} on {} ({}).",
        account.username, account.server_name, account.address
    ))?;
    Ok(())
}

/// Makes sure that the server can be trusted before a password is asked for.
async fn trust(home: &Home, link: &Link) -> Result<(), Failure> {
    let greeting = greet(home, link).await?;
    if greeting.trust != Trust::FirstUse {
        return Ok(());
    }
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(ConnectError::Unconfirmed {
            shown: greeting.pin,
        }
        .into());
    }
    let mut err = io::stderr();
    write!(
        err,
        "The key of {} ({}) is not known yet. It shows the pin\n\n    {}\n\nAsk its owner whether that is right. \
         Trust it from now on? [y/N] ",
        crate::print::clean(&greeting.welcome.server.name),
        greeting.address,
        greeting.pin
    )?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    if !matches!(answer.trim(), "y" | "Y" | "yes") {
        return Err(Failure::Refused("not trusted; nothing was sent".into()));
    }
    Ok(home.remember(&greeting)?)
}

pub(crate) async fn logout(
    home: &Home,
    who: Option<&str>,
    out: &mut Printer,
) -> Result<(), Failure> {
    let account: Account = choose(home, who)?;
    let asking = match Asking::begin(home, &account).await {
        Ok(asking) => asking,
        // There is nothing left to end on the server.
        Err(Failure::Over(EndReason::TokenDead)) => {
            home.forget_account(&account.id)?;
            return Ok(out.text("The session had ended already.")?);
        }
        Err(failure) => return Err(failure),
    };
    let answer = asking.ask(Request::from(Logout {})).await?;
    asking.end().await;
    home.forget_account(&account.id)?;
    out.raw(&answer.line)?;
    out.text(&format!("Signed out of {}.", account.label()))?;
    Ok(())
}

pub(crate) fn forget(home: &Home, link: &Link, out: &mut Printer) -> Result<(), Failure> {
    let address = link.address.to_string();
    home.forget_server(&address)?;
    Ok(out.text(&format!("{address} is forgotten."))?)
}
