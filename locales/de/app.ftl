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

## Home page

home-title = Aktuelle Drops
home-headline = Kleine Drops, { $emphasis }
    .emphasis = fair reserviert.
home-lead = Reserviere deins, und es bleibt für dich zurückgelegt, während du überlegst. Jede Zahl, die du siehst, ist echt.
home-live = Jetzt live
home-coming = Demnächst
home-just-opened = , und gerade gestartet
home-past = Vorbei
home-all-live = Alle laufenden Drops
home-all-coming = Alle kommenden Drops
home-all-past = Alle vergangenen Drops
home-all-drops = Alle Drops
home-see-drop = Zum Drop
home-empty = Noch keine Drops
    .text = Neue Drops siehst du hier, bevor sie starten. Schon eins ergattert? Du findest es unter „Meine Bestellungen“.
home-over = Gerade ist nichts im Verkauf
    .text = Den nächsten Drop siehst du hier, bevor er startet. Bis dahin: So liefen die letzten.
home-sold-in = { $units } in { $time } verkauft
home-all-sold = { $units } von { $units } verkauft
home-pages = Seiten
home-page = Seite { $page } von { $pages }
home-previous = Zurück
home-next = Weiter

## Sale of a product

sale-upcoming = Der Verkauf startet bald
sale-plenty = Jetzt verfügbar
sale-few = Fast ausverkauft
sale-all-taken = Gerade alles vergeben
sale-sold-out = Ausverkauft
sale-paused = Der Verkauf ist pausiert
sale-ended = Dieser Verkauf ist vorbei
sale-label-upcoming = Im Verkauf
sale-label-available = Verfügbar
sale-label-paused = Übrig
sale-label-ended = Nicht verkauft
sale-label-in-carts = In Warenkörben
sale-label-sold = Verkauft
sale-opens-in = Startet in
sale-opens-on = Am { $time }. Du musst nicht neu laden: Sobald es losgeht, kannst du genau hier reservieren.
sale-closes-on = Der Verkauf endet am { $time }.
sale-ended-on = Er endete am { $time }.
sale-add-to-calendar = In den Kalender
sale-calendar = Verkaufsstart: { $product }
    .text = { $price }. Öffne die Seite etwas früher: Das Formular erscheint dort von selbst.
sale-see-more = Andere Drops ansehen
sale-all-in-carts = Jedes Stück liegt in einem Warenkorb und ist noch nicht bezahlt. Lass diese Seite offen: Kommt eins zurück, ist es hier sofort wieder im Verkauf, und der Knopf wird aktiv.
sale-all-sold = Jedes Stück ist vergeben und bezahlt. Sollte nach einer Rückerstattung eins zurückkommen, kannst du es genau hier reservieren.
sale-quantity = Menge
sale-quantity-less = Eins weniger
sale-quantity-more = Eins mehr
sale-quantity-lowered = Wir haben die Menge auf { $n } gesetzt.
sale-reserve = Reservieren
sale-terms = Wir halten es { $time } lang für dich zurück. Reservieren und Stornieren sind kostenlos.
sale-terms-limit = Höchstens { $limit } pro Person, damit mehr Leute zum Zug kommen.
sale-enough-again = Es sind wieder genug da
    .text = Zuvor wurde nichts reserviert. Wähle deine Menge und drück auf „Reservieren“.
sale-offline = Du bist offline. Es wurde nichts gesendet.
sale-bar = Angebot
sale-bar-reserve = Jetzt reservieren
sale-bar-details = Details ansehen

## What changes while a product's page is open

sale-watching = { $n } schauen gerade zu
sale-ticker-reserved = { $n } reserviert · { $age }
sale-ticker-back = { $n } wieder verfügbar · { $age }
sale-ticker-sold = { $n } verkauft · { $age }
sale-ticker-now = gerade eben
sale-ticker-seconds = vor { $n } s
sale-ticker-minutes = vor { $n } min
sale-badge-upcoming = Startet in
sale-badge-available = Jetzt live
sale-badge-paused = Pausiert
sale-badge-ended = Vorbei
sale-units = { $n } Stück
sale-in-carts = { $n } in Warenkörben
sale-sold-of = { $n } von { $total } verkauft
sale-available-of = { $n } von { $total } verfügbar
connection-connecting = Verbinde …
connection-live = Live
connection-lost = Verbinde neu …
countdown-order = Du hast weniger als { $time } Zeit zum Bestellen.
countdown-pay = Du hast weniger als { $time } Zeit zum Bezahlen.
countdown-sale = In weniger als { $time } startet der Verkauf.
countdown-drop = In weniger als { $time } geht es los.
countdown-ten-seconds = 10 Sekunden
countdown-thirty-seconds = 30 Sekunden
countdown-minute = 60 Sekunden
countdown-over = Die Zeit ist um. Wir fragen beim Shop nach …

## What a visitor holds

held-label = Für dich reserviert
held-headline =
    { $units ->
        [one] Dieses Stück ist erst mal deins
       *[other] Diese { $units } Stück sind erst mal deine
    }
held-time-left = Für dich reserviert, noch
held-until = Für dich reserviert bis { $time }
held-until-time = bis { $time }
held-over = Zeit abgelaufen
held-back = Zurück zur Kasse
held-another = Noch eins? Unten kannst du mehr reservieren.
held-no-more = Mehr bekommt eine Person nicht, damit mehr Leute zum Zug kommen.
held-others =
    { $count ->
        [one] und 1 weitere Reservierung
       *[other] und { $count } weitere Reservierungen
    }

## Pictures of a product

drop-pictures = Bilder
drop-picture = Bild { $number } von { $count }: { $alt }
drop-picture-enlarge = Vergrößern: { $alt }
drop-picture-close = Schließen

## Story of a product, delivery and questions

story-title = Die Geschichte
story-specification = Eigenschaften
story-shipping = Versand und Rückgabe
story-questions = Fragen
story-delivery-by-post = Dieser Drop kommt per Versand zu dir. Deine Adresse gibst du an der Kasse an.
story-delivery-without-address = Keine Postanschrift nötig. An der Kasse gibst du nur eine E-Mail-Adresse an.
story-payment-here = Du bezahlst auf der Seite nach der Kasse und hast dafür { $time } Zeit. Danach wird eine unbezahlte Bestellung storniert, und du schuldest nichts.
story-payment-elsewhere = Der Shop nimmt deine Zahlung anderswo an. Du hast dafür { $time } Zeit. Danach wird eine unbezahlte Bestellung storniert, und du schuldest nichts.
story-ask = Möchtest du etwas zurückgeben oder etwas anderes wissen? Dann wende dich an { $contact }.
story-the-shop = den Shop
story-refund = Wenn der Shop dir Geld zurückerstattet, zeigt die Seite deiner Bestellung, wie weit es ist.
story-what-is-a-reservation = Was ist eine Reservierung?
story-reservation = Drück auf „Reservieren“, und deine Stücke werden { $time } lang für dich zurückgelegt. Niemand sonst kann sie nehmen, während du überlegst. Reservieren und Stornieren sind kostenlos.
story-reservation-extension = Du brauchst länger? Einmal kannst du um { $time } verlängern.
story-what-if-time-runs-out = Was passiert, wenn meine Zeit abläuft?
story-time-runs-out = Deine Stücke gehen zurück in den Verkauf, und es wird nichts abgebucht. Sind noch welche da, kannst du neu reservieren. Nach dem Bestellen hast du { $time } Zeit zum Bezahlen; danach wird die Bestellung genauso storniert.
story-how-many = Wie viele kann ich nehmen?
story-limit = Höchstens { $limit } Stück pro Person, damit mehr Leute zum Zug kommen. Was du reserviert, bestellt und bezahlt hast, zählt zusammen.
story-no-limit = Es gibt kein Limit pro Person. Auf einmal kannst du bis zu { $most } Stück reservieren.
story-when-charged = Wann wird meine Karte belastet?
story-charged-by-provider = Erst wenn du bezahlst, auf der Zahlungsseite nach der Kasse. Reservieren und Bestellen kosten nichts.
story-charged-by-sandbox = Nie. Das hier ist ein Testshop, und seine Zahlungsseite bewegt kein Geld.
story-charged-elsewhere = Nicht auf dieser Seite: Der Shop nimmt deine Zahlung anderswo an. Reservieren und Bestellen kosten nichts.
story-what-if-it-sells-out = Was ist, wenn es ausverkauft ist, während ich bezahle?
story-sells-out = Das kann dir nicht passieren: Du hast { $time } Zeit zum Bezahlen, und so lange bleiben deine Stücke deine. Kommt deine Zahlung später an, kauft sie die Stücke, wenn das noch geht. Wenn nicht, bekommst du das Geld zurück.
