# The storefront's texts in English, the source of all other languages.
# An entry with an attribute `.text` is a message: its value is the title.

## Header and footer

nav-skip = Skip to content
nav-label = Main
nav-drops = Drops
nav-orders = My orders
footer-text = Real stock, live. Every number is counted from reservations and sales as they happen.
footer-label = About the shop
footer-contact = Contact
footer-language = Language

## Units, times and dates

units = { $n ->
    [one] { $n } unit
   *[other] { $n } units
}
# How long something lasts, as in “for 10 minutes”.
duration-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
duration-hours = { $n ->
    [one] { $n } hour
   *[other] { $n } hours
}
duration-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
duration-seconds = { $n ->
    [one] { $n } second
   *[other] { $n } seconds
}
# Two of these can follow each other: “3 min 12 s”.
duration-short-days = { $n } d
duration-short-hours = { $n } h
duration-short-minutes = { $n } min
duration-short-seconds = { $n } s
date-time = { $day } { $month ->
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
} { $year }, { $time } UTC

## Why the shop refuses a request

refusal-unknown-product = This product isn’t available
    .text = It may have been taken down. See what else is on.
refusal-unknown-hold = We can’t find that reservation
    .text = It may belong to another browser. You can start again from the product page.
refusal-unknown-order = We can’t find that order
    .text = It may belong to another browser. You’ll find your own orders under “My orders”.
refusal-sold-out = Sold out
    .text = Every unit has been paid for. Nothing was reserved for you.
refusal-just-missed = Just missed it
    .text = Someone took the last one. Keep this page open: units that come back go on sale here right away.
refusal-too-few = Not that many left
    .text = Nothing was reserved. Choose fewer and try again.
refusal-not-started = The sale hasn’t opened yet
    .text = It opens on { $time }. Come back then to reserve yours.
refusal-ended = This sale has ended
    .text = It ended on { $time }. Nothing was reserved.
refusal-limit = You’ve reached the limit
    .none-left = Each shopper can have { $limit }, so that more people get one. You’ll find yours under “My orders”.
    .some-left = Each shopper can have { $limit }, so that more people get one. You had { $taken } when you pressed Reserve, so you can take up to { $left } more.
refusal-hold-expired = Your reservation has expired
    .text = The units went back on sale. If there are any left, you can reserve again.
refusal-hold-released = You cancelled this reservation
    .text = The units went back on sale. If there are any left, you can reserve again.
refusal-hold-used = You’ve already ordered this
    .text = You’ll find the order under “My orders”.
refusal-no-extension = You can’t add more time
    .text = You can extend a reservation once at most. Place your order before the time runs out.
refusal-paused = The sale is paused
    .text = The shop takes no new reservations for now. If you’ve already reserved or ordered, yours is safe: you can still confirm and pay in time.
refusal-order-paid = This order is already paid
    .text = You can’t cancel a paid order here. Contact the shop if something is wrong.
refusal-in-progress = We’re still working on it
    .text = Your request is on its way. Try again in a moment to see how it went.
refusal-key-reused = This form was already used
    .text = Nothing was changed. Please try again from this page.
refusal-dispute-open = This payment is disputed
    .text = Your bank is looking into it, so it can’t be refunded until the dispute is closed. Nothing was changed.

## Errors

error-busy = Lots of people are checking out right now
    .text = Nothing was charged. Please try again in a moment.
error-outcome-unknown = We’re not sure that went through
    .text = Please press the button again. It counts only once, however often you press.
error-internal = Something went wrong on our side
    .text = It’s not your fault. Please try again in a moment.
error-no-provider = You can’t pay on this page
    .text = The shop takes payments elsewhere. Contact the shop if you’re not sure how.
error-payment-busy = The payment provider is slow right now
    .text = Nothing was charged; try again in a moment.
error-payment-refused = The payment provider couldn’t open its page
    .text = Nothing was charged. Try again, and contact the shop if it keeps happening.
error-test-payment = The test payment didn’t get through
    .text = The shop didn’t accept the message. A real provider would send it again, and so can you.
error-quantity = Please check the quantity
    .text = Choose a whole number, 1 or more.
error-form = We couldn’t read that form
    .text = Please try again from this page.
error-rate-limited = That was too fast for us
    .text = We got more requests from your network than we can answer. Nothing was charged. Please try again in a moment.
error-cross-site = That request came from another site
    .text = To keep you safe, we ignored it. Please start again from our shop.
error-not-found = Page not found
    .text = It may have moved, or it may belong to someone else.
# Titles of the browser's tab.
error-tab-not-found = Not found
error-tab-busy = Very busy
error-tab-internal = Something went wrong
error-see-drops = See the drops

## A link in a mail that does not work any more

link-expired = This link has stopped working
    .description = A link in a mail that does not work any more.
    .text = Links in our mails open an order for 30 days. Your order is still safe with us.
    .same-device = On the device you ordered with, you’ll find it under { $orders }.
    .other-device = On any other device you need a new link. Write to { $shop } with your order number, and ask for your receipt again: it comes with a new link.
    .the-shop = the shop

## Steps of a purchase, and what happens if the shopper does nothing

purchase-steps = Steps to your order
    .reserve = Reserve
    .details = Details
    .pay = Pay
purchase-total = Order total
purchase-if-nothing = If you do nothing
purchase-when-charged = When you’re charged
purchase-charged-elsewhere = Not here: the shop takes payments elsewhere.
contact-questions = Questions?
contact-write = Write to { $contact }.
contact-write-number = Write to { $contact } and mention { $number }.

## Checkout

checkout = Checkout
    .title = Your reservation
    .description = Your reservation and how long it’s held for you.
# A clock follows, such as 9:58.
checkout-time-left = Reserved for you for another
checkout-until = Reserved for you until { $time }
checkout-continue = Continue to payment
checkout-place-order = Place order
checkout-terms = You’ll have { $time } to pay.
checkout-terms-next-page = You pay on the next page, within { $time }.
checkout-idle = Your reservation ends by itself when the time runs out, and the units go back on sale. You won’t be charged.
checkout-idle-paid = Your reservation ends by itself when the time runs out, the units go back on sale, and your payment goes back to you.
checkout-charged-next-page = Not on this page: only when you pay on the next one.
checkout-charged-already = Your payment is already here. Placing the order charges nothing more.
checkout-paid-early = We already have your payment
    .text = Place your order and it’s paid right away.
checkout-need-longer = Need longer? You can add time once. What you’ve typed stays.
checkout-add-time = Add { $time }
checkout-time-added = You have { $time } more
    .text = What you typed is still here. Time can be added once.
checkout-cancel = Cancel reservation
    .question = Give it back? The units go on sale at once, and somebody else may take them before you can reserve again.
    .confirm = Yes, cancel the reservation
checkout-sandbox = Test shop: { $link } to see an early payment wait for its order.
    .link = pay before ordering
checkout-ordered = You’ve ordered this
    .text = Your reservation is now an order.
    .link = Go to your order

## Fields of the checkout

field-your-details = Your details
field-where-to = Where does it go?
field-optional = (optional)
field-email = E-mail
field-name = Name
field-country = Country
    .choose = Choose a country
field-line1 = Street and number
field-line2 = Apartment, floor, company
field-postal-code = Postal code
field-city = City
field-state = State, province or region
field-did-you-mean = Did you mean { $email }?
field-receipt-goes-there = Your receipt goes to this address.
field-shop-reaches-you = The shop reaches you at this address.
field-use-email = Use { $email }
# $field is the label of a field.
field-error-missing = { $field } is needed.
field-error-email = Write it like ada@example.com.
field-error-country = Choose a country from the list.
field-error-language = { $field } is no language.
field-error-long = { $field } has room for { $most } characters.
field-error-unprintable = { $field } contains control or invisible characters.

## Orders in this browser

orders-description = What you reserved and ordered in this browser.
orders-reserved = Reserved for you
orders-ordered = Ordered
orders-newest-holds = These are your newest { $n } reservations.
orders-older = Older orders
orders-empty = Nothing here yet
    .text = Everything you reserve or order in this browser shows up here. No account needed.
orders-hold = { $units }, until { $time }
orders-yours-for = Yours for { $time }
orders-order = { $units }, { $price }, { $time }
orders-unlisted = A product we no longer list

## An order

order = Your order
    .description = Your order: its status, what’s due, and until when.
    .contents = What you ordered
order-status = { $status ->
    [pending] Waiting for payment
    [paid] Paid
    [refunded] Refunded
   *[cancelled] Cancelled
}
order-pending = Waiting for your payment
    .text = { $n ->
        [one] It’s set aside for you. Pay before the time runs out and it’s yours.
       *[other] Your units are set aside. Pay before the time runs out and they’re yours.
    }
order-processing = We’re confirming your payment
    .text = You don’t need to pay again. This page changes as soon as your payment provider confirms it. If it declines, the order ends and you aren’t charged.
order-paid = Paid. It’s yours
    .text = Thank you! Your payment has arrived. This is your ticket: keep it, print it, show it off.
order-refunding = Your refund is under way
    .all = The shop is returning all { $sum } that you paid. You don’t need to do anything.
    .part = The shop is returning { $sum } of the { $paid } that you paid. You don’t need to do anything.
order-refund-failed = Your refund is taking longer
    .text = We could not return { $sum } yet. We’re on it. You don’t need to do anything.
order-refunded-in-part = Refunded in part
    .text = The shop has returned { $sum } of the { $paid } that you paid. Your bank may take a few days to show it.
order-refunded = Refunded
    .text = The shop has returned everything you paid for this order. Your bank may take a few days to show it. We hope to see you at the next drop.
order-payment-failed = Your payment didn’t go through
    .text = Your payment provider declined it, and you weren’t charged. The units went back on sale. If there are any left, you can reserve again.
order-expired = The time to pay ran out
    .text = We got no payment in time, so the units went back on sale. If your payment arrives late, it buys them if there are any left. If not, it goes back to you.
order-cancelled-by-you = You cancelled this order
    .text = You weren’t charged. The units went back on sale. Changed your mind? If there are any left, you can reserve again.
order-cancelled-by-shop = The shop cancelled this order
    .text = You weren’t charged. Sorry about that! Ask the shop if you’d like to know why.
# A payment came for an order that had ended.
order-unusable-late-returned = Your late payment was returned
order-unusable-returned = Your payment was returned
order-unusable-late = Your payment came too late
order-unusable = We couldn’t use your payment
    .because = { $reason ->
        [payment_failed] An earlier payment had been declined, which ended the order.
        [expired] The time to pay had run out, which ended the order.
        [by_shopper] You had cancelled the order.
       *[by_operator] The shop had cancelled the order.
    }
    .was-returned = Below you see when your payment was returned.
    .goes-back = Your payment goes back to you. Below you see how far it is.
order-due = Due now { $amount }
order-time-left = Time left to pay { $time }
order-pay-by = Pay by { $time }
order-pay = Pay now
order-paying = Paying { $amount }
order-idle = The order ends by itself when the time runs out, and the units go back on sale. You won’t be charged.
order-charged-on-payment-page = Only when you pay on the payment page. Until then, nothing is charged.
order-cancel = Cancel order
    .question = Cancel for good? The units go back on sale at once, and somebody else may take them. You won’t be charged.
    .confirm = Yes, cancel the order
order-back-to-product = Back to the product
order-all-drops = All drops
order-back-to-drops = Back to the drops
order-print = Print receipt
order-print-by-browser = To keep a receipt, print this page: the print shows the ticket and the receipt alone.
order-sandbox = Test shop: { $link } again to try late or repeated payments.
    .link = open the test provider
order-thank-you = Thank you
    .description = Your payment is being confirmed.
    .text = Your payment is being confirmed. The shop where you ordered will tell you when it has arrived.
    .close = You can close this page.

## Facts of an order, and its receipt

order-fact-number = Order
order-fact-place = Place
order-fact-placed = Placed
order-fact-paid = Paid
order-fact-cancelled = Cancelled
order-fact-payment = Payment
order-fact-declined = Declined payments
order-fact-quantity = Quantity
order-fact-total = Total
order-fact-delivery = Delivery to
# The place of an order's units among all paid units: No. 44–46 of 100.
order-place = No. { $units }
order-place-of = No. { $units } of { $total }
receipt = Receipt
receipt-item = Item
receipt-each = Each
receipt-amount = Amount
receipt-total-paid = Total paid
receipt-returned = Returned

## The ticket of a paid order

ticket = Your ticket
ticket-code = Take it with you
    .text = Scan to open this order on another device. It works for 30 days. Whoever has the code can open your order, so keep it to yourself.
    .alt = QR code with the link of this order
ticket-next = What happens next
    .mail = Your receipt goes to { $email }.
    .shipping = The shop sends it to the address below.
    .ticket = Your ticket stays under “My orders” in this browser.

## Refunds

refund-because = { $reason ->
    [sold_out] We couldn’t use your payment because it arrived after the order had ended and the units were gone.
    [already_paid] We couldn’t use your payment because the order was already paid.
    [amount_mismatch] We couldn’t use your payment because it didn’t match the amount due.
    [order_never_created] We couldn’t use your payment because no order was placed for it.
    [over_limit] We couldn’t use your payment because it arrived after the order had ended, and you already have as many as one shopper can.
    [by_operator] We couldn’t use your payment because the shop refunded it.
   *[at_provider] We couldn’t use your payment because the shop refunded it through its payment provider.
}
refund-of-order = The shop is refunding this order.
refund-of-part = The shop is refunding part of this order.
refund-of-order-done = The shop refunded this order.
refund-of-part-done = The shop refunded part of this order.
refund-due = A refund of { $sum } is due
    .text = You don’t need to do anything.
refund-on-its-way = A refund of { $sum } is on its way
    .text = The payment provider has accepted it. Your bank may take a few days to show it.
refund-returned = { $sum } was returned
    .at = { $sum } was returned on { $time }
    .text = Your bank may take a few days to show it.
refund-failed = We could not return { $sum } yet
    .text = We’re on it. You don’t need to do anything.

## The test provider's payment pages

sandbox = Test payment
    .description = The test payment provider. It moves no money.
    .banner = Test provider.
    .no-money = No real money moves here.
    .amount = Pay { $price }
    .back = Go back without paying
    .mailbox = Read the mails of this test shop
sandbox-status = { $status ->
    [pending] Status of this order: waiting for payment.
    [paid] Status of this order: paid.
    [refunded] Status of this order: refunded.
   *[cancelled] Status of this order: cancelled.
}
sandbox-no-order = There’s no order yet, only a reservation.
sandbox-hold-ended = This reservation has ended.
sandbox-pay = Pay
    .text = Your payment arrives once.
    .before-order = The payment arrives before there is an order, and waits for it.
sandbox-decline = Decline
    .text = The bank declines the payment. A pending order is cancelled.
sandbox-twice = Deliver twice
    .text = The same webhook arrives twice. It counts once.
sandbox-late = Pay late
    .text = The payment arrives after the order has ended (a pending order is declined first). It buys the units again if there are any left. If not, it’s refunded.
sandbox-refund-fails = Pay, and let a later refund fail
    .text = Your payment arrives once. If it’s refunded later, the test bank rejects the refund.
sandbox-refund-waits = Pay, and leave a later refund pending
    .text = Your payment arrives once. If it’s refunded later, the refund stays pending for a minute.

## Countries

# $name is the English name. Other catalogues name all codes of ISO 3166-1.
country = { $code ->
   *[other] { $name }
}
