# The mails to shoppers in English, the source of all other languages.
# An entry with attributes is a mail: its value is the subject. $product is the name of a product, or mail-unknown-product.

## Mails

mail-received = Order received: { $product }
    .heading = We’ve got your order
    .text = It’s set aside for you until { $time }. Pay by then to keep it.
mail-receipt = Receipt: { $product }
    .heading = Thank you for your order
    .text = Your payment arrived, and the order is yours. This is your receipt.
mail-expired = Order expired: { $product }
    .heading = Your order has expired
    .text = No payment arrived by { $time }, so the order has ended.
mail-payment-failed = Payment failed: { $product }
    .heading = Your payment didn’t go through
    .text = The payment was declined, so the order has ended.
mail-cancelled = Order cancelled: { $product }
    .heading = Your order is cancelled
    .text = The order was cancelled, as you asked.
mail-cancelled-by-shop = Order cancelled: { $product }
    .heading = The shop cancelled your order
    .text = We’re sorry: the shop had to cancel your order.
mail-late-payment = A payment that arrives late buys the order if it’s still available. Otherwise it has to go back to you.
mail-refund-accepted = Your refund is on its way: { $product }
    .heading = Your refund is on its way
    .text = The payment provider has accepted your refund. We’ll write again when it’s done.
mail-refund-done = Refund done: { $product }
    .heading = Your refund is done
    .text = Your money was returned. It can take your bank a few days to show it.

## Parts of mails

mail-order = Order
mail-product = Product
mail-product-value = { $quantity } × { $product }
mail-total = Total
mail-pay-by = Pay by
mail-total-paid = Total paid
mail-paid-on = Paid on
mail-transaction = Transaction
mail-delivery = Delivery to
mail-ended = Ended on
mail-refund = Refund
mail-whole-payment = the whole payment
# Stands for the name of a product that is not known any more.
mail-unknown-product = your order
mail-pay = Pay or see your order
mail-see = See your order
mail-link-note = The link opens this order for everybody who has it, for 30 days. Don’t pass it on.
# The shop's contact follows.
mail-questions = Questions?

## Dates

# $time is a time of the day with its zone. The order of the parts is that of the reader's country.
mail-date-month-first = { $month } { $day }, { $year }, { $time }
mail-date-day-first = { $day } { $month } { $year }, { $time }
mail-month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
