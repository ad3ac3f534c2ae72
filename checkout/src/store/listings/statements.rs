//! The lists on a database. Both understand the same statements; only the drivers' types differ.

use super::{
    ListFilter, PageRequest, orders, payments,
    query::{Dialect, Query, Value},
    refunds,
};
use crate::model::OrderNumber;

/// The columns of each table that the lists read, as a database returns them.
pub(in crate::store) struct Columns {
    pub(in crate::store) orders: String,
    pub(in crate::store) payments: String,
    pub(in crate::store) refunds: String,
}

/// Returns the statement of a list, or `None` if no row can match.
pub(in crate::store) fn of_list(
    dialect: Dialect,
    columns: &Columns,
    filter: &ListFilter,
    page: PageRequest,
) -> Option<Query> {
    match filter {
        ListFilter::Orders(filter) => orders::statement(dialect, &columns.orders, filter, page),
        ListFilter::Payments(filter) => payments::statement(dialect, &columns.payments, filter, page),
        ListFilter::Refunds(filter) => refunds::statement(dialect, &columns.refunds, filter, page),
    }
}

/// Returns the statement that reads the payment event with this id.
pub(in crate::store) fn of_payment(columns: &Columns, id: uuid::Uuid) -> Query {
    Query::new(format!("SELECT {} FROM payment_webhooks t WHERE t.id = ", columns.payments)).bind(Value::Uuid(id))
}

/// Returns the statement that reads the order with this number.
pub(in crate::store) fn of_number(columns: &Columns, number: OrderNumber) -> Query {
    Query::new(format!("SELECT {} FROM orders t WHERE t.number = ", columns.orders)).text(number)
}

/// Implements [`super::Listings`] for a store. `$explain` asks for a plan, whose lines are in the column `$line`.
macro_rules! impl_listings {
    ($store:ty, $database:ident, $reader:ident, explain: $explain:literal, line: $line:literal) => {
        static COLUMNS: LazyLock<Columns> = LazyLock::new(|| Columns {
            orders: sql::select::<Order>("t"),
            payments: sql::select::<Payment>("t"),
            refunds: sql::select::<Refund>("t"),
        });

        /// Returns the statement of a list with its parameters bound, or `None` if no row can match.
        fn list(filter: ListFilter, page: PageRequest) -> Option<sqlx::QueryBuilder<$database>> {
            of_list(Dialect::$database, &COLUMNS, &filter, page).map(|query| bind("", query))
        }

        #[async_trait]
        impl Listings for $store {
            async fn orders(&self, filter: &OrderFilter, page: PageRequest) -> Result<Listing<Order>, StoreError> {
                let Some(mut query) = list(ListFilter::Orders(filter.clone()), page) else {
                    return Ok(Listing::empty());
                };
                let query = query.build_query_as::<OrderRow>().persistent(false);
                let rows = into_all(query.fetch_all(&self.$reader).with_timeout().await?)?;
                Ok(Listing::of(rows, page, |order: &Order| order.id.0))
            }

            async fn payments(
                &self,
                filter: &PaymentFilter,
                page: PageRequest,
            ) -> Result<Listing<Payment>, StoreError> {
                let Some(mut query) = list(ListFilter::Payments(filter.clone()), page) else {
                    return Ok(Listing::empty());
                };
                let query = query.build_query_as::<PaymentRow>().persistent(false);
                let rows = into_all(query.fetch_all(&self.$reader).with_timeout().await?)?;
                Ok(Listing::of(rows, page, |payment: &Payment| payment.id.0))
            }

            async fn refunds(&self, filter: &RefundFilter, page: PageRequest) -> Result<Listing<Refund>, StoreError> {
                let Some(mut query) = list(ListFilter::Refunds(filter.clone()), page) else {
                    return Ok(Listing::empty());
                };
                let query = query.build_query_as::<RefundRow>().persistent(false);
                let rows = into_all(query.fetch_all(&self.$reader).with_timeout().await?)?;
                Ok(Listing::of(rows, page, |refund: &Refund| refund.id.0))
            }

            async fn payment(&self, id: WebhookId) -> Result<Option<Payment>, StoreError> {
                let mut query = bind("", of_payment(&COLUMNS, id.0));
                let query = query.build_query_as::<PaymentRow>();
                query.fetch_optional(&self.$reader).with_timeout().await?.map(Payment::try_from).transpose()
            }

            async fn order_by_number(&self, number: OrderNumber) -> Result<Option<Order>, StoreError> {
                let mut query = bind("", of_number(&COLUMNS, number));
                let query = query.build_query_as::<OrderRow>();
                query.fetch_optional(&self.$reader).with_timeout().await?.map(Order::try_from).transpose()
            }

            async fn explain(&self, filter: &ListFilter, page: PageRequest) -> Result<Vec<String>, StoreError> {
                let Some(query) = of_list(Dialect::$database, &COLUMNS, filter, page) else { return Ok(Vec::new()) };
                let mut query = bind($explain, query);
                let rows = query.build().persistent(false).fetch_all(&self.$reader).with_timeout().await?;
                Ok(rows.iter().filter_map(|row| row.try_get($line).ok()).collect())
            }
        }
    };
}
pub(in crate::store) use impl_listings;

/// Defines `bind`, which makes the driver's query of a [`Query`] after `head`.
macro_rules! bind_query {
    ($database:ty, $instant:expr) => {
        pub(super) fn bind(head: &'static str, query: Query) -> sqlx::QueryBuilder<$database> {
            let mut builder = sqlx::QueryBuilder::new(head);
            for part in query.into_parts() {
                match part {
                    Part::Sql(sql) => builder.push(sql),
                    Part::Value(Value::Uuid(id)) => builder.push_bind(id),
                    Part::Value(Value::Text(text)) => builder.push_bind(text),
                    Part::Value(Value::Integer(n)) => builder.push_bind(n),
                    Part::Value(Value::Instant(at)) => builder.push_bind($instant(at)),
                };
            }
            builder
        }
    };
}
pub(in crate::store) use bind_query;
