# Die Texte des Shops auf Deutsch. Leser werden geduzt.

## Header and footer

nav-skip = Zum Inhalt springen
nav-label = Hauptmenü
nav-drops = Drops
nav-orders = Meine Bestellungen
footer-text = Echter Bestand, live. Jede Zahl wird aus Reservierungen und Verkäufen gezählt, während sie geschehen.
footer-label = Über den Shop
footer-contact = Kontakt
footer-language = Sprache
