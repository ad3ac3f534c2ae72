//! The lists of the shop's people, who see the rows of all owners.

use super::{Checkout, queries::read_failed};
use crate::{
    error::Error,
    model::{Order, OrderNumber, Payment, Refund, Refusal, WebhookId},
    store::{
        Listings,
        listings::{Listing, OrderFilter, PageRequest, PaymentFilter, RefundFilter},
    },
};

impl Checkout {
    /// A page of the orders that match the filter.
    pub async fn list_orders(&self, filter: &OrderFilter, page: PageRequest) -> Result<Listing<Order>, Error> {
        self.listings().orders(filter, page).await.map_err(|e| read_failed(&e))
    }

    /// A page of the payment events that match the filter.
    pub async fn list_payments(&self, filter: &PaymentFilter, page: PageRequest) -> Result<Listing<Payment>, Error> {
        self.listings().payments(filter, page).await.map_err(|e| read_failed(&e))
    }

    /// A page of the refunds that match the filter.
    pub async fn list_refunds(&self, filter: &RefundFilter, page: PageRequest) -> Result<Listing<Refund>, Error> {
        self.listings().refunds(filter, page).await.map_err(|e| read_failed(&e))
    }

    /// The payment event with this id.
    pub async fn payment(&self, id: WebhookId) -> Result<Payment, Error> {
        let payment = self.listings().payment(id).await.map_err(|e| read_failed(&e))?;
        Ok(payment.ok_or(Refusal::UnknownPayment)?)
    }

    /// The order with this number, of any owner.
    pub async fn order_by_number(&self, number: OrderNumber) -> Result<Order, Error> {
        let order = self.listings().order_by_number(number).await.map_err(|e| read_failed(&e))?;
        Ok(order.ok_or(Refusal::UnknownOrder)?)
    }

    fn listings(&self) -> &dyn Listings {
        self.parts.store.listings()
    }
}
