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
