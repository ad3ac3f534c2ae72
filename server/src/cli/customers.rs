//! `holdfast customer`: erases the contacts of a customer.

use super::{
    Failure,
    actor::by_user,
    args::CustomerCommand,
    output::{print, say},
};
use crate::{
    backoffice::customer::{self, EraseError},
    startup::Engine,
};
use serde_json::json;
use std::process::ExitCode;

pub(super) async fn run(engine: &Engine, command: CustomerCommand) -> Result<ExitCode, Failure> {
    let CustomerCommand::Erase { email, output } = command;
    let erased = customer::erase(&engine.checkout, &*engine.store, &email, by_user(None)).await;
    let orders = erased.map_err(failure)?.value;
    if output.json {
        return print(&json!({ "orders": orders }));
    }
    say(&match orders {
        0 => "No order has this address.".to_owned(),
        1 => "Erased the contact of 1 order.".to_owned(),
        orders => format!("Erased the contacts of {orders} orders."),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn failure(error: EraseError) -> Failure {
    match error {
        EraseError::AddressInReason => Failure::refused(error.to_string()),
        EraseError::Failed(error) => error.into(),
    }
}
