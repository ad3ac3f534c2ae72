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
