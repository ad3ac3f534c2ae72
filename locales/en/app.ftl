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
