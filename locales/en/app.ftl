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
