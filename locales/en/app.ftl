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

## Terms

legal-terms-title = Terms
legal-terms-summary = How reserving, ordering and paying work at { $shop }: what you can count on, and when you’re charged.
legal-reserving = Reserving
legal-reserving-off-sale = Reserve, and the units are off sale for everyone but you. Your reservation’s page shows how long you have. Some products let you add time once.
legal-reserving-free = You won’t be charged. If you do nothing, the reservation ends by itself and the units go back on sale.
legal-reserving-price = The price is the one that applied when you reserved, even if it changes later.
legal-reserving-limit = A product can have a limit for each shopper. What you’ve reserved, ordered and paid for counts towards it.
legal-ordering = Ordering and paying
legal-ordering-details = To order, you give your e-mail address. Only products that ship ask for a name and a postal address.
legal-paying = You pay on the page of { $provider }. You’re charged when you pay there, and not before.
legal-paying-test = You pay on the page of the test provider, which moves no money. You’re charged when you pay there, and not before.
legal-paying-outside = The shop takes payments outside these pages. Contact the shop if you’re not sure how.
legal-unpaid = Your order’s page shows how long you have to pay. Without a payment the order ends by itself, and the units go back on sale.
legal-late = Late and double payments
legal-late-payment = A payment that arrives after your order has ended still buys your units if there are enough left and your limit allows it. If not, a refund is due.
legal-double-payment = If you pay twice, or an amount that doesn’t match your order, a refund of that payment is due as well. Your order’s page shows it.
legal-cancelling = Cancelling and refunds
legal-cancelling-how = You can cancel a reservation or an unpaid order on its page at any time. A paid order can’t be cancelled there: contact the shop.
legal-refunds = Your order’s page says how far a refund is: due, on its way, or returned. Once it’s returned, your bank may take a few days to show it.
legal-opening = When sales open, pause and end
legal-clock = The shop’s clock decides. All clocks on our pages follow it.
legal-pause = The shop can pause a sale. What you’ve already reserved or ordered stays yours, and you can still confirm and pay in time.
legal-questions = Questions
# A link to the contact follows.
legal-contact = Write to { $shop }:
legal-no-contact = { $shop } hasn’t published a contact yet.

## Privacy

legal-privacy-title = Privacy
legal-privacy-summary = What { $shop } stores about you, for how long, who gets it, and how to have it erased.
legal-stored = What we store
legal-stored-visit = Looking around stores nothing about you. Your network address is used to limit requests; it’s kept in memory for a short time and isn’t stored.
legal-stored-reservation = When you reserve, we store what you reserved and when, under a random number that your browser keeps in a cookie.
legal-stored-order = When you order, we store your e-mail address and the language of the page. If the product ships, also your name and postal address.
legal-stored-card = We never see your card number: you type it on the payment provider’s page, if at all.
legal-retention = For how long
# $time is a duration, such as “45 days”.
legal-retention-contact = Your e-mail address, name and postal address are erased { $time } after your order.
legal-retention-contact-forever = Your e-mail address, name and postal address are kept until the shop erases them.
# $time is a duration, such as “90 days”.
legal-retention-notices = Notices of payments, in which the payment provider may repeat your details, are kept for { $time }.
legal-retention-books = Orders, amounts, payments and refunds stay in the books. They have no name or address in them.
legal-cookies = Cookies
# $time is a duration, such as “30 days”.
legal-cookie-session = We set a cookie, “{ $cookie }”, when you reserve. It’s how we know which reservations and orders are yours. It ends { $time } after the last day on which you reserved something.
legal-cookie-language = If you choose a language at the foot of a page, the cookie “{ $cookie }” remembers it for a year. It holds the language and nothing else.
legal-cookies-none = There are no other cookies, no tracking, and no scripts from other sites.
legal-receivers = Who gets your details
legal-receivers-provider = The payment provider, { $provider }: your e-mail address, what you ordered and what it costs.
legal-receivers-test-provider = The payment provider, the test provider, which moves no money: your e-mail address, what you ordered and what it costs.
legal-receivers-mail = The shop’s mail server: your e-mail address, and the mails about your orders.
legal-receivers-shop = The people who run the shop, and the systems that they connect to it, such as one that prints address labels.
legal-erasure = Having it erased
legal-erasure-how = Ask the shop to erase your details. That blanks them in all orders with your e-mail address, and deletes what the payment provider told us about those payments.
legal-erasure-others = What the payment provider and the mail server have recorded themselves stays with them.

## Search engines, messengers and cards

share-tagline = Small drops, fairly held.
share-shop = Limited drops with live stock at { $shop }. Reserve yours and it’s held for you while you decide.
share-product = { $name } for { $price }. Reserve yours and it’s held for you while you decide.
share-card = { $name }, { $price }. { $state }.
share-shop-card = { $shop }. { $tagline }
# The states of a sale have little space on a card.
share-opens = Opens { $day } { $month }, { $time } UTC
share-opens-in-year = Opens { $day } { $month } { $year }, { $time } UTC
share-month = { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}
share-opens-soon = Opens soon
share-on-sale = On sale now
share-all-taken = All in carts right now
share-sold-out = Sold out
share-ended = Sale ended
share-paused = Sale paused

## Home page

home-title = Live drops
home-headline = Small drops, { $emphasis }
    .emphasis = fairly held.
home-lead = Reserve yours and it’s held for you while you decide. Every number you see is real.
home-live = Live now
home-coming = Coming
# Follows “Coming” once one of these sales has opened.
home-just-opened = , and just opened
home-past = Past
home-all-live = All live drops
home-all-coming = All coming drops
home-all-past = All past drops
home-all-drops = All drops
home-see-drop = See the drop
home-empty = No drops yet
    .text = You’ll see new drops here before they open. Already got one? It’s under “My orders”.
home-over = Nothing on sale right now
    .text = You’ll see the next drop here before it opens. Until then, here’s how the last ones went.
# The time is short: 3 min 12 s.
home-sold-in = { $units } sold in { $time }
home-all-sold = { $units } of { $units } sold
home-pages = Pages
home-page = Page { $page } of { $pages }
home-previous = Previous
home-next = Next

## Sale of a product

sale-upcoming = The sale opens soon
sale-plenty = Available now
sale-few = Almost gone
sale-all-taken = All taken for now
sale-sold-out = Sold out
sale-paused = The sale is paused
sale-ended = This sale has ended
# Labels of numbers. There is little room.
sale-label-upcoming = For sale
sale-label-available = Available
sale-label-paused = Left
sale-label-ended = Not sold
sale-label-in-carts = In carts
sale-label-sold = Sold
# Stands above the countdown.
sale-opens-in = Opens in
sale-opens-on = On { $time }. No need to reload: you can reserve right here the second it opens.
sale-closes-on = The sale closes on { $time }.
sale-ended-on = It ended on { $time }.
sale-add-to-calendar = Add to calendar
sale-calendar = { $product } goes on sale
    .text = { $price }. Open the page a little early: the form appears there by itself.
sale-see-more = See what else is on
sale-all-in-carts = Every unit is in a cart and not paid for yet. Keep this page open: a unit that comes back goes on sale here right away, and the button turns on.
sale-all-sold = Every unit has found its owner. Should one come back after a refund, it goes on sale right here.
sale-quantity = Quantity
sale-quantity-less = One less
sale-quantity-more = One more
sale-quantity-lowered = We’ve set the quantity to { $n }.
sale-reserve = Reserve
sale-terms = We’ll hold it for you for { $time }. Reserving and cancelling are free.
sale-terms-limit = Up to { $limit } per shopper, so that more people get one.
sale-enough-again = There are enough again
    .text = Nothing was reserved before. Choose how many you want and press Reserve.
sale-offline = You’re offline. Nothing was sent.
sale-bar = Offer
sale-bar-reserve = Reserve yours
sale-bar-details = See the details

## What changes while a product's page is open
# Some pages show these texts again and again with other numbers, so an argument { $n } may be a number or a mark for it.

# Pages that are open; always two or more.
sale-watching = { $n } watching right now
sale-ticker-reserved = { $n } reserved · { $age }
sale-ticker-back = { $n } back on sale · { $age }
sale-ticker-sold = { $n } sold · { $age }
sale-ticker-now = now
sale-ticker-seconds = { $n } s ago
sale-ticker-minutes = { $n } min ago
# Stands before a countdown.
sale-badge-upcoming = Opens in
sale-badge-available = On now
sale-badge-paused = Paused
sale-badge-ended = Ended
sale-units =
    { $n ->
        [one] 1 unit
       *[other] { $n } units
    }
sale-in-carts = { $n } in carts
sale-sold-of = { $n } of { $total } sold
sale-available-of = { $n } of { $total } available
connection-connecting = Connecting…
connection-live = Live
connection-lost = Reconnecting…
# Screen readers say these shortly before a countdown ends. { $time } is one of the three times below.
countdown-order = Less than { $time } left to order.
countdown-pay = Less than { $time } left to pay.
countdown-sale = Less than { $time } until the sale opens.
countdown-drop = Less than { $time } until it opens.
countdown-ten-seconds = 10 seconds
countdown-thirty-seconds = 30 seconds
countdown-minute = a minute
countdown-over = Time’s up. Checking with the shop…

## What a visitor holds

held-label = Reserved for you
held-headline =
    { $units ->
        [one] This one’s yours for now
       *[other] These { $units } are yours for now
    }
# Stands before a countdown.
held-time-left = Reserved for you for another
held-until = Reserved for you until { $time }
# Replaces the countdown.
held-until-time = until { $time }
held-over = Time’s up
held-back = Back to checkout
held-another = Want another? You can reserve more below.
held-no-more = That’s as many as one shopper can have, so that more people get one.
# Follows “+1”, for screen readers.
held-others =
    { $count ->
        [one] and 1 more reservation
       *[other] and { $count } more reservations
    }

## Pictures of a product

drop-pictures = Pictures
drop-picture = Picture { $number } of { $count }: { $alt }
drop-picture-enlarge = Enlarge: { $alt }
drop-picture-close = Close

## Story of a product, delivery and questions
# A { $time } is a duration such as “10 minutes”.

story-title = The story
story-specification = Specification
story-shipping = Shipping and returns
story-questions = Questions
story-delivery-by-post = This drop ships to you. You give your address at checkout.
story-delivery-without-address = No postal address needed. All you give at checkout is an e-mail address.
story-payment-here = You pay on the page after checkout. An order that isn’t paid within { $time } is cancelled, and you owe nothing.
story-payment-elsewhere = The shop takes your payment elsewhere. An order that isn’t paid within { $time } is cancelled, and you owe nothing.
# The contact is a link, or the entry story-the-shop.
story-ask = To return something, or to ask anything else, contact { $contact }.
story-the-shop = the shop
story-refund = If the shop refunds you, the page of your order says how far your money is.
story-what-is-a-reservation = What is a reservation?
story-reservation = Press Reserve and your units are set aside for { $time }. Nobody else can take them while you decide. Reserving and cancelling are free.
story-reservation-extension = Need longer? You can add { $time } once.
story-what-if-time-runs-out = What happens if my time runs out?
story-time-runs-out = Your units go back on sale, and you aren’t charged. If there are any left, you can reserve again. Once you’ve ordered, you have { $time } to pay; after that the order is cancelled the same way.
story-how-many = How many can I take?
story-limit =
    { $limit ->
        [one] Up to 1 unit per shopper, so that more people get one. What you’ve reserved, ordered and paid for counts together.
       *[other] Up to { $limit } units per shopper, so that more people get one. What you’ve reserved, ordered and paid for counts together.
    }
story-no-limit =
    { $most ->
        [one] There’s no limit per shopper. You can reserve up to 1 unit at once.
       *[other] There’s no limit per shopper. You can reserve up to { $most } units at once.
    }
story-when-charged = When is my card charged?
story-charged-by-provider = Only when you pay, on the payment page that follows the checkout. Reserving and ordering are free.
story-charged-by-sandbox = Never. This is a test shop, and its payment page moves no money.
story-charged-elsewhere = Not on this site: the shop takes your payment elsewhere. Reserving and ordering are free.
story-what-if-it-sells-out = What if it sells out while I pay?
story-sells-out = It can’t sell out from under you: your units stay yours for the { $time } that you have to pay. If your payment arrives later, it buys them if it still can. If not, it goes back to you.

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
ticket-image = Save as an image
ticket-image-state = It’s mine
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
