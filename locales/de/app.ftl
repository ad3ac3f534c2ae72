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

## Terms

legal-terms-title = Bedingungen
legal-terms-summary = So laufen Reservieren, Bestellen und Bezahlen bei { $shop }: worauf du dich verlassen kannst und wann du bezahlst.
legal-reserving = Reservieren
legal-reserving-off-sale = Was du reservierst, kann niemand außer dir kaufen. Auf der Seite deiner Reservierung siehst du, wie lange sie gilt. Manche Produkte kannst du einmal verlängern.
legal-reserving-free = Reservieren kostet dich nichts. Wenn du nichts weiter tust, endet die Reservierung von selbst, und die Stücke gehen zurück in den Verkauf.
legal-reserving-price = Es gilt der Preis zum Zeitpunkt deiner Reservierung, auch wenn er sich danach ändert.
legal-reserving-limit = Ein Produkt kann eine Höchstmenge pro Person haben. Dazu zählt, was du reserviert, bestellt und bezahlt hast.
legal-ordering = Bestellen und bezahlen
legal-ordering-details = Für eine Bestellung gibst du deine E-Mail-Adresse an. Nach Name und Anschrift fragen wir nur bei Produkten, die verschickt werden.
legal-paying = Du bezahlst auf der Seite von { $provider }. Belastet wirst du erst, wenn du dort bezahlst.
legal-paying-test = Du bezahlst auf der Seite des Testanbieters, der kein Geld bewegt. Belastet wirst du erst, wenn du dort bezahlst.
legal-paying-outside = Der Shop nimmt Zahlungen außerhalb dieser Seiten an. Wenn du nicht sicher bist, wie das geht, frag den Shop.
legal-unpaid = Auf der Seite deiner Bestellung siehst du, wie lange du Zeit zum Bezahlen hast. Ohne Zahlung endet die Bestellung von selbst, und die Stücke gehen zurück in den Verkauf.
legal-late = Späte und doppelte Zahlungen
legal-late-payment = Kommt deine Zahlung erst nach dem Ende der Bestellung an, bekommst du deine Stücke trotzdem, wenn noch genug da sind und deine Höchstmenge es erlaubt. Wenn nicht, steht dir eine Rückerstattung zu.
legal-double-payment = Auch wenn du doppelt bezahlst oder einen Betrag, der nicht zu deiner Bestellung passt, steht dir eine Rückerstattung dieser Zahlung zu. Du siehst sie auf der Seite deiner Bestellung.
legal-cancelling = Stornieren und Rückerstattungen
legal-cancelling-how = Eine Reservierung oder eine unbezahlte Bestellung kannst du jederzeit auf ihrer Seite stornieren. Eine bezahlte Bestellung nicht: Wende dich dafür an den Shop.
legal-refunds = Auf der Seite deiner Bestellung siehst du, wie weit eine Rückerstattung ist: fällig, unterwegs oder zurückgezahlt. Danach kann es ein paar Tage dauern, bis deine Bank sie anzeigt.
legal-opening = Wann Verkäufe öffnen, pausieren und enden
legal-clock = Es gilt die Uhr des Shops. Alle Uhren auf unseren Seiten richten sich nach ihr.
legal-pause = Der Shop kann einen Verkauf pausieren. Was du schon reserviert oder bestellt hast, bleibt deins, und du kannst rechtzeitig bestätigen und bezahlen.
legal-questions = Fragen
legal-contact = Schreib an { $shop }:
legal-no-contact = { $shop } hat noch keinen Kontakt veröffentlicht.

## Privacy

legal-privacy-title = Datenschutz
legal-privacy-summary = Was { $shop } über dich speichert, wie lange, wer es bekommt und wie du es löschen lässt.
legal-stored = Was wir speichern
legal-stored-visit = Wenn du dich nur umsiehst, speichern wir nichts über dich. Mit deiner Netzwerkadresse begrenzen wir die Zahl der Anfragen; sie bleibt kurz im Arbeitsspeicher und wird nicht gespeichert.
legal-stored-reservation = Wenn du reservierst, speichern wir, was du wann reserviert hast, unter einer zufälligen Nummer, die dein Browser in einem Cookie aufbewahrt.
legal-stored-order = Wenn du bestellst, speichern wir deine E-Mail-Adresse und die Sprache der Seite. Wird das Produkt verschickt, auch deinen Namen und deine Anschrift.
legal-stored-card = Deine Kartennummer sehen wir nie: Du gibst sie, wenn überhaupt, auf der Seite des Zahlungsanbieters ein.
legal-retention = Wie lange
# $time ist eine Dauer wie „45 Tage“.
legal-retention-contact = Deine E-Mail-Adresse, dein Name und deine Anschrift werden { $time } nach deiner Bestellung gelöscht.
legal-retention-contact-forever = Deine E-Mail-Adresse, dein Name und deine Anschrift bleiben gespeichert, bis der Shop sie löscht.
legal-retention-notices = Meldungen über Zahlungen, in denen der Zahlungsanbieter deine Angaben wiederholen kann, werden { $time } lang aufbewahrt.
legal-retention-books = Bestellungen, Beträge, Zahlungen und Rückerstattungen bleiben in den Büchern. Darin stehen weder Name noch Adresse.
legal-cookies = Cookies
legal-cookie-session = Wenn du reservierst, setzen wir ein Cookie, „{ $cookie }“. Daran erkennen wir, welche Reservierungen und Bestellungen deine sind. Es endet { $time } nach dem letzten Tag, an dem du etwas reserviert hast.
legal-cookie-language = Wenn du unten auf einer Seite eine Sprache wählst, merkt sie sich das Cookie „{ $cookie }“ ein Jahr lang. Darin steht nur die Sprache.
legal-cookies-none = Es gibt keine weiteren Cookies, kein Tracking und keine Skripte von anderen Websites.
legal-receivers = Wer deine Daten bekommt
legal-receivers-provider = Der Zahlungsanbieter { $provider }: deine E-Mail-Adresse, was du bestellt hast und was es kostet.
legal-receivers-test-provider = Der Zahlungsanbieter, hier ein Testanbieter, der kein Geld bewegt: deine E-Mail-Adresse, was du bestellt hast und was es kostet.
legal-receivers-mail = Der Mailserver des Shops: deine E-Mail-Adresse und die Mails zu deinen Bestellungen.
legal-receivers-shop = Die Menschen, die den Shop betreiben, und die Systeme, die sie daran anschließen, zum Beispiel für den Druck von Adressetiketten.
legal-erasure = Daten löschen lassen
legal-erasure-how = Bitte den Shop, deine Daten zu löschen. Dann werden sie in allen Bestellungen mit deiner E-Mail-Adresse entfernt, und was uns der Zahlungsanbieter zu diesen Zahlungen mitgeteilt hat, wird gelöscht.
legal-erasure-others = Was der Zahlungsanbieter und der Mailserver selbst aufgezeichnet haben, bleibt bei ihnen.

## Search engines, messengers and cards

share-tagline = Kleine Drops, fair reserviert.
share-shop = Limitierte Drops mit Live-Bestand bei { $shop }. Reserviere deins: Wir halten es für dich frei, während du dich entscheidest.
share-product = { $name } für { $price }. Reserviere deins: Wir halten es für dich frei, während du dich entscheidest.
share-card = { $name }, { $price }. { $state }.
share-shop-card = { $shop }. { $tagline }
share-opens = Ab { $day }. { $month }, { $time } UTC
share-opens-in-year = Ab { $day }. { $month } { $year }, { $time } UTC
share-month = { $month ->
    [1] Jan.
    [2] Feb.
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] Aug.
    [9] Sept.
    [10] Okt.
    [11] Nov.
   *[12] Dez.
}
share-opens-soon = Öffnet bald
share-on-sale = Jetzt im Verkauf
share-all-taken = Gerade alle in Warenkörben
share-sold-out = Ausverkauft
share-ended = Verkauf beendet
share-paused = Verkauf pausiert

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

## Units, times and dates

units = { $n ->
   *[other] { $n } Stück
}
duration-days = { $n ->
    [one] { $n } Tag
   *[other] { $n } Tage
}
duration-hours = { $n ->
    [one] { $n } Stunde
   *[other] { $n } Stunden
}
duration-minutes = { $n ->
    [one] { $n } Minute
   *[other] { $n } Minuten
}
duration-seconds = { $n ->
    [one] { $n } Sekunde
   *[other] { $n } Sekunden
}
duration-short-days = { $n ->
    [one] { $n } Tag
   *[other] { $n } Tage
}
duration-short-hours = { $n } Std.
duration-short-minutes = { $n } Min.
duration-short-seconds = { $n } Sek.
date-time = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }, { $time } UTC

## Why the shop refuses a request

refusal-unknown-product = Dieses Produkt gibt es hier nicht
    .text = Vielleicht wurde es aus dem Shop genommen. Schau, was es sonst gibt.
refusal-unknown-hold = Wir finden diese Reservierung nicht
    .text = Vielleicht gehört sie zu einem anderen Browser. Auf der Produktseite kannst du neu anfangen.
refusal-unknown-order = Wir finden diese Bestellung nicht
    .text = Vielleicht gehört sie zu einem anderen Browser. Deine eigenen Bestellungen findest du unter „Meine Bestellungen“.
refusal-sold-out = Ausverkauft
    .text = Jedes Stück ist bezahlt. Für dich wurde nichts reserviert.
refusal-just-missed = Knapp verpasst
    .text = Jemand hat das letzte Stück genommen. Lass diese Seite offen: Was zurückkommt, ist hier sofort wieder zu haben.
refusal-too-few = So viele sind nicht mehr da
    .text = Es wurde nichts reserviert. Wähle weniger und versuch es noch einmal.
refusal-not-started = Der Verkauf hat noch nicht begonnen
    .text = Er beginnt am { $time }. Komm dann wieder und reserviere deins.
refusal-ended = Dieser Verkauf ist vorbei
    .text = Er endete am { $time }. Es wurde nichts reserviert.
refusal-limit = Du hast das Limit erreicht
    .none-left = Jede Person kann { $limit } haben, damit mehr Leute zum Zug kommen. Deine findest du unter „Meine Bestellungen“.
    .some-left = Jede Person kann { $limit } haben, damit mehr Leute zum Zug kommen. Als du auf „Reservieren“ gedrückt hast, hattest du { $taken }. Du kannst also noch bis zu { $left } nehmen.
refusal-hold-expired = Deine Reservierung ist abgelaufen
    .text = Die Stücke sind wieder im Verkauf. Wenn noch welche da sind, kannst du neu reservieren.
refusal-hold-released = Du hast diese Reservierung storniert
    .text = Die Stücke sind wieder im Verkauf. Wenn noch welche da sind, kannst du neu reservieren.
refusal-hold-used = Das hast du schon bestellt
    .text = Du findest die Bestellung unter „Meine Bestellungen“.
refusal-no-extension = Mehr Zeit geht nicht
    .text = Du kannst eine Reservierung höchstens einmal verlängern. Bestelle, bevor die Zeit abläuft.
refusal-paused = Der Verkauf ist pausiert
    .text = Der Shop nimmt gerade keine neuen Reservierungen an. Hast du schon reserviert oder bestellt, ist dir das sicher: Du kannst weiterhin bestellen und rechtzeitig bezahlen.
refusal-order-paid = Diese Bestellung ist schon bezahlt
    .text = Eine bezahlte Bestellung kannst du hier nicht stornieren. Wende dich an den Shop, wenn etwas nicht stimmt.
refusal-in-progress = Wir sind noch dabei
    .text = Deine Anfrage ist unterwegs. Versuch es gleich noch einmal und sieh, wie es ausgegangen ist.
refusal-key-reused = Dieses Formular wurde schon abgeschickt
    .text = Es hat sich nichts geändert. Bitte versuch es auf dieser Seite noch einmal.
refusal-dispute-open = Diese Zahlung ist strittig
    .text = Deine Bank prüft sie. Bis sie entschieden hat, kann nichts erstattet werden. Es hat sich nichts geändert.

## Errors

error-busy = Gerade sind viele an der Kasse
    .text = Es wurde nichts abgebucht. Bitte versuch es gleich noch einmal.
error-outcome-unknown = Wir sind nicht sicher, ob das geklappt hat
    .text = Bitte drück den Knopf noch einmal. Es zählt nur einmal, egal, wie oft du drückst.
error-internal = Bei uns ist etwas schiefgegangen
    .text = Es liegt nicht an dir. Bitte versuch es gleich noch einmal.
error-no-provider = Auf dieser Seite kannst du nicht bezahlen
    .text = Der Shop nimmt Zahlungen anderswo an. Frag den Shop, wenn du nicht sicher bist, wie.
error-payment-busy = Der Zahlungsanbieter ist gerade langsam
    .text = Es wurde nichts abgebucht. Versuch es gleich noch einmal.
error-payment-refused = Der Zahlungsanbieter konnte seine Seite nicht öffnen
    .text = Es wurde nichts abgebucht. Versuch es noch einmal, und wende dich an den Shop, wenn es dabei bleibt.
error-test-payment = Die Testzahlung ist nicht angekommen
    .text = Der Shop hat die Nachricht nicht angenommen. Ein echter Anbieter würde sie noch einmal senden, und das kannst du auch.
error-quantity = Bitte prüfe die Menge
    .text = Wähle eine ganze Zahl ab 1.
error-form = Wir konnten das Formular nicht lesen
    .text = Bitte versuch es auf dieser Seite noch einmal.
error-rate-limited = Das ging uns zu schnell
    .text = Aus deinem Netz kamen mehr Anfragen, als wir beantworten können. Es wurde nichts abgebucht. Bitte versuch es gleich noch einmal.
error-cross-site = Diese Anfrage kam von einer anderen Website
    .text = Zu deiner Sicherheit haben wir sie ignoriert. Bitte fang in unserem Shop noch einmal an.
error-not-found = Seite nicht gefunden
    .text = Vielleicht ist sie umgezogen, oder sie gehört jemand anderem.
error-tab-not-found = Nicht gefunden
error-tab-busy = Viel los
error-tab-internal = Etwas ist schiefgegangen
error-see-drops = Zu den Drops

## A link in a mail that does not work any more

link-expired = Dieser Link gilt nicht mehr
    .description = Ein Link aus einer E-Mail, der nicht mehr gilt.
    .text = Links aus unseren E-Mails öffnen eine Bestellung 30 Tage lang. Deine Bestellung ist weiterhin sicher bei uns.
    .same-device = Auf dem Gerät, mit dem du bestellt hast, findest du sie unter { $orders }.
    .other-device = Auf jedem anderen Gerät brauchst du einen neuen Link. Schreib an { $shop }, nenne deine Bestellnummer und bitte noch einmal um deinen Beleg: Er kommt mit einem neuen Link.
    .the-shop = den Shop

## Steps of a purchase, and what happens if the shopper does nothing

purchase-steps = Schritte zu deiner Bestellung
    .reserve = Reservieren
    .details = Angaben
    .pay = Bezahlen
purchase-total = Gesamtbetrag
purchase-if-nothing = Wenn du nichts tust
purchase-when-charged = Wann abgebucht wird
purchase-charged-elsewhere = Nicht hier: Der Shop nimmt Zahlungen anderswo an.
contact-questions = Fragen?
contact-write = Schreib an { $contact }.
contact-write-number = Schreib an { $contact } und nenne { $number }.

## Checkout

checkout = Kasse
    .title = Deine Reservierung
    .description = Deine Reservierung, und wie lange sie für dich gilt.
checkout-time-left = Für dich reserviert, noch
checkout-until = Für dich reserviert bis { $time }
checkout-continue = Weiter zur Zahlung
checkout-place-order = Bestellen
checkout-terms = Danach hast du { $time } Zeit zum Bezahlen.
checkout-terms-next-page = Du bezahlst auf der nächsten Seite. Dafür hast du { $time } Zeit.
checkout-idle = Deine Reservierung endet von selbst, wenn die Zeit abläuft, und die Stücke gehen zurück in den Verkauf. Es wird nichts abgebucht.
checkout-idle-paid = Deine Reservierung endet von selbst, wenn die Zeit abläuft. Die Stücke gehen zurück in den Verkauf, und du bekommst deine Zahlung zurück.
checkout-charged-next-page = Nicht auf dieser Seite: erst, wenn du auf der nächsten bezahlst.
checkout-charged-already = Deine Zahlung ist schon da. Mit der Bestellung wird nichts weiter abgebucht.
checkout-paid-early = Deine Zahlung ist schon da
    .text = Bestelle, und deine Bestellung ist sofort bezahlt.
checkout-need-longer = Brauchst du länger? Du kannst die Zeit einmal verlängern. Was du eingegeben hast, bleibt.
checkout-add-time = { $time } mehr
checkout-time-added = Du hast { $time } mehr
    .text = Was du eingegeben hast, ist noch da. Die Zeit lässt sich einmal verlängern.
checkout-cancel = Reservierung stornieren
    .question = Möchtest du sie zurückgeben? Die Stücke gehen sofort in den Verkauf, und jemand anderes kann sie nehmen, bevor du neu reservierst.
    .confirm = Ja, Reservierung stornieren
checkout-sandbox = Test-Shop: { $link }, um zu sehen, wie eine frühe Zahlung auf ihre Bestellung wartet.
    .link = Bezahle vor der Bestellung
checkout-ordered = Das hast du bestellt
    .text = Deine Reservierung ist jetzt eine Bestellung.
    .link = Zu deiner Bestellung

## Fields of the checkout

field-your-details = Deine Angaben
field-where-to = Wohin soll es gehen?
field-optional = (freiwillig)
field-email = E-Mail
field-name = Name
field-country = Land
    .choose = Wähle ein Land
field-line1 = Straße und Hausnummer
field-line2 = Wohnung, Etage, Firma
field-postal-code = Postleitzahl
field-city = Ort
field-state = Bundesland, Kanton oder Region
field-did-you-mean = Meintest du { $email }?
field-receipt-goes-there = An diese Adresse geht dein Beleg.
field-shop-reaches-you = Unter dieser Adresse erreicht dich der Shop.
field-use-email = { $email } verwenden
field-error-missing = „{ $field }“ darf nicht leer sein.
field-error-email = Schreib sie wie ada@example.com.
field-error-country = Wähle ein Land aus der Liste.
field-error-language = „{ $field }“ ist keine Sprache.
field-error-long = „{ $field }“ hat Platz für { $most } Zeichen.
field-error-unprintable = „{ $field }“ enthält Steuerzeichen oder unsichtbare Zeichen.

## Orders in this browser

orders-description = Was du in diesem Browser reserviert und bestellt hast.
orders-reserved = Für dich reserviert
orders-ordered = Bestellt
orders-newest-holds = Das sind deine { $n } neuesten Reservierungen.
orders-older = Ältere Bestellungen
orders-empty = Noch nichts da
    .text = Hier erscheint alles, was du in diesem Browser reservierst oder bestellst. Du brauchst kein Konto.
orders-hold = { $units }, bis { $time }
orders-yours-for = Noch { $time } für dich
orders-order = { $units }, { $price }, { $time }
orders-unlisted = Ein Produkt, das wir nicht mehr führen

## An order

order = Deine Bestellung
    .description = Deine Bestellung: ihr Stand, was zu bezahlen ist und bis wann.
    .contents = Was du bestellt hast
order-status = { $status ->
    [pending] Wartet auf Zahlung
    [paid] Bezahlt
    [refunded] Erstattet
   *[cancelled] Storniert
}
order-pending = Wir warten auf deine Zahlung
    .text = { $n ->
        [one] Es liegt für dich bereit. Bezahle, bevor die Zeit abläuft, und es gehört dir.
       *[other] Deine Stücke liegen bereit. Bezahle, bevor die Zeit abläuft, und sie gehören dir.
    }
order-processing = Deine Zahlung wird bestätigt
    .text = Du musst nicht noch einmal bezahlen. Diese Seite ändert sich, sobald dein Zahlungsanbieter die Zahlung bestätigt. Lehnt er sie ab, endet die Bestellung, und dir wird nichts berechnet.
order-paid = Bezahlt. Es gehört dir
    .text = Danke! Deine Zahlung ist da. Das ist dein Ticket: Behalte es, druck es aus, zeig es herum.
order-refunding = Deine Rückerstattung läuft
    .all = Der Shop zahlt dir alles zurück, was du bezahlt hast: { $sum }. Du musst nichts tun.
    .part = Der Shop zahlt dir { $sum } von den { $paid } zurück, die du bezahlt hast. Du musst nichts tun.
order-refund-failed = Deine Rückerstattung dauert länger
    .text = Wir konnten { $sum } noch nicht zurückzahlen. Wir kümmern uns darum. Du musst nichts tun.
order-refunded-in-part = Teilweise erstattet
    .text = Der Shop hat { $sum } von den { $paid } zurückgezahlt, die du bezahlt hast. Bei deiner Bank kann es ein paar Tage dauern, bis du es siehst.
order-refunded = Erstattet
    .text = Der Shop hat alles zurückgezahlt, was du für diese Bestellung bezahlt hast. Bei deiner Bank kann es ein paar Tage dauern, bis du es siehst. Wir hoffen, dass wir uns beim nächsten Drop wiedersehen.
order-payment-failed = Deine Zahlung hat nicht geklappt
    .text = Dein Zahlungsanbieter hat sie abgelehnt, und es wurde nichts abgebucht. Die Stücke sind wieder im Verkauf. Wenn noch welche da sind, kannst du neu reservieren.
order-expired = Die Zeit zum Bezahlen ist abgelaufen
    .text = Deine Zahlung kam nicht rechtzeitig, deshalb sind die Stücke wieder im Verkauf. Kommt sie noch an, kauft sie die Stücke, wenn noch welche da sind. Wenn nicht, bekommst du dein Geld zurück.
order-cancelled-by-you = Du hast diese Bestellung storniert
    .text = Es wurde nichts abgebucht. Die Stücke sind wieder im Verkauf. Hast du es dir anders überlegt? Wenn noch welche da sind, kannst du neu reservieren.
order-cancelled-by-shop = Der Shop hat diese Bestellung storniert
    .text = Es wurde nichts abgebucht. Das tut uns leid! Frag den Shop, wenn du den Grund wissen möchtest.
order-unusable-late-returned = Deine verspätete Zahlung ist zurückgezahlt
order-unusable-returned = Deine Zahlung ist zurückgezahlt
order-unusable-late = Deine Zahlung kam zu spät
order-unusable = Wir konnten deine Zahlung nicht verwenden
    .because = { $reason ->
        [payment_failed] Eine frühere Zahlung war abgelehnt worden, und damit endete die Bestellung.
        [expired] Die Zeit zum Bezahlen war abgelaufen, und damit endete die Bestellung.
        [by_shopper] Du hattest die Bestellung storniert.
       *[by_operator] Der Shop hatte die Bestellung storniert.
    }
    .was-returned = Unten siehst du, wann deine Zahlung zurückgezahlt wurde.
    .goes-back = Du bekommst deine Zahlung zurück. Unten siehst du, wie weit sie ist.
order-due = Jetzt zu bezahlen { $amount }
order-time-left = Zeit zum Bezahlen { $time }
order-pay-by = Bezahlen bis { $time }
order-pay = Jetzt bezahlen
order-paying = In Zahlung { $amount }
order-idle = Die Bestellung endet von selbst, wenn die Zeit abläuft, und die Stücke gehen zurück in den Verkauf. Es wird nichts abgebucht.
order-charged-on-payment-page = Erst, wenn du auf der Zahlungsseite bezahlst. Bis dahin wird nichts abgebucht.
order-cancel = Bestellung stornieren
    .question = Möchtest du endgültig stornieren? Die Stücke gehen sofort zurück in den Verkauf, und jemand anderes kann sie nehmen. Es wird nichts abgebucht.
    .confirm = Ja, Bestellung stornieren
order-back-to-product = Zurück zum Produkt
order-all-drops = Alle Drops
order-back-to-drops = Zurück zu den Drops
order-print = Beleg drucken
order-print-by-browser = Möchtest du einen Beleg, druck diese Seite aus: Auf dem Ausdruck stehen nur das Ticket und der Beleg.
order-sandbox = Test-Shop: { $link }, um späte oder wiederholte Zahlungen auszuprobieren.
    .link = Öffne noch einmal den Testanbieter
order-thank-you = Danke
    .description = Deine Zahlung wird bestätigt.
    .text = Deine Zahlung wird bestätigt. Der Shop, in dem du bestellt hast, sagt dir Bescheid, wenn sie da ist.
    .close = Du kannst diese Seite schließen.

## Facts of an order, and its receipt

order-fact-number = Bestellung
order-fact-place = Platz
order-fact-placed = Bestellt
order-fact-paid = Bezahlt
order-fact-cancelled = Storniert
order-fact-payment = Zahlung
order-fact-declined = Abgelehnte Zahlungen
order-fact-quantity = Menge
order-fact-total = Summe
order-fact-delivery = Lieferung an
order-place = Nr. { $units }
order-place-of = Nr. { $units } von { $total }
receipt = Beleg
receipt-item = Artikel
receipt-each = Einzeln
receipt-amount = Betrag
receipt-total-paid = Bezahlt
receipt-returned = Zurückgezahlt

## The ticket of a paid order

ticket = Dein Ticket
ticket-image = Als Bild speichern
ticket-image-state = Meins
ticket-code = Nimm es mit
    .text = Scanne den Code, um diese Bestellung auf einem anderen Gerät zu öffnen. Er gilt 30 Tage. Wer den Code hat, kann deine Bestellung öffnen, also behalte ihn für dich.
    .alt = QR-Code mit dem Link dieser Bestellung
ticket-next = Wie es weitergeht
    .mail = Dein Beleg geht an { $email }.
    .shipping = Der Shop schickt es an die Adresse unten.
    .ticket = Dein Ticket bleibt in diesem Browser unter „Meine Bestellungen“.

## Refunds

refund-because = { $reason ->
    [sold_out] Wir konnten deine Zahlung nicht verwenden, weil sie nach dem Ende der Bestellung kam und die Stücke weg waren.
    [already_paid] Wir konnten deine Zahlung nicht verwenden, weil die Bestellung schon bezahlt war.
    [amount_mismatch] Wir konnten deine Zahlung nicht verwenden, weil sie nicht dem fälligen Betrag entsprach.
    [order_never_created] Wir konnten deine Zahlung nicht verwenden, weil es keine Bestellung dazu gab.
    [over_limit] Wir konnten deine Zahlung nicht verwenden, weil sie nach dem Ende der Bestellung kam und du schon so viele hast, wie eine Person haben kann.
    [by_operator] Wir konnten deine Zahlung nicht verwenden, weil der Shop sie erstattet hat.
   *[at_provider] Wir konnten deine Zahlung nicht verwenden, weil der Shop sie über seinen Zahlungsanbieter erstattet hat.
}
refund-of-order = Der Shop erstattet diese Bestellung.
refund-of-part = Der Shop erstattet einen Teil dieser Bestellung.
refund-of-order-done = Der Shop hat diese Bestellung erstattet.
refund-of-part-done = Der Shop hat einen Teil dieser Bestellung erstattet.
refund-due = Eine Rückerstattung über { $sum } steht aus
    .text = Du musst nichts tun.
refund-on-its-way = Eine Rückerstattung über { $sum } ist unterwegs
    .text = Der Zahlungsanbieter hat sie angenommen. Bei deiner Bank kann es ein paar Tage dauern, bis du sie siehst.
refund-returned = { $sum } zurückgezahlt
    .at = { $sum } zurückgezahlt am { $time }
    .text = Bei deiner Bank kann es ein paar Tage dauern, bis du es siehst.
refund-failed = Wir konnten { $sum } noch nicht zurückzahlen
    .text = Wir kümmern uns darum. Du musst nichts tun.

## The test provider's payment pages

sandbox = Testzahlung
    .description = Der Testanbieter für Zahlungen. Er bewegt kein Geld.
    .banner = Testanbieter.
    .no-money = Hier fließt kein echtes Geld.
    .amount = { $price } bezahlen
    .back = Zurück, ohne zu bezahlen
    .mailbox = Die E-Mails dieses Test-Shops lesen
sandbox-status = { $status ->
    [pending] Stand dieser Bestellung: wartet auf Zahlung.
    [paid] Stand dieser Bestellung: bezahlt.
    [refunded] Stand dieser Bestellung: erstattet.
   *[cancelled] Stand dieser Bestellung: storniert.
}
sandbox-no-order = Es gibt noch keine Bestellung, nur eine Reservierung.
sandbox-hold-ended = Diese Reservierung ist beendet.
sandbox-pay = Bezahlen
    .text = Deine Zahlung kommt einmal an.
    .before-order = Die Zahlung kommt vor der Bestellung an und wartet auf sie.
sandbox-decline = Ablehnen
    .text = Die Bank lehnt die Zahlung ab. Eine offene Bestellung wird storniert.
sandbox-twice = Doppelt zustellen
    .text = Derselbe Webhook kommt zweimal an. Er zählt einmal.
sandbox-late = Zu spät bezahlen
    .text = Die Zahlung kommt nach dem Ende der Bestellung an (bei einer offenen Bestellung wird vorher eine Zahlung abgelehnt). Sie kauft die Stücke noch einmal, wenn noch welche da sind. Wenn nicht, wird sie erstattet.
sandbox-refund-fails = Bezahlen, und eine spätere Rückerstattung scheitern lassen
    .text = Deine Zahlung kommt einmal an. Wird sie später erstattet, lehnt die Testbank die Rückerstattung ab.
sandbox-refund-waits = Bezahlen, und eine spätere Rückerstattung warten lassen
    .text = Deine Zahlung kommt einmal an. Wird sie später erstattet, bleibt die Rückerstattung eine Minute lang offen.

## Countries

country = { $code ->
    [AD] Andorra
    [AE] Vereinigte Arabische Emirate
    [AF] Afghanistan
    [AG] Antigua und Barbuda
    [AI] Anguilla
    [AL] Albanien
    [AM] Armenien
    [AO] Angola
    [AQ] Antarktis
    [AR] Argentinien
    [AS] Amerikanisch-Samoa
    [AT] Österreich
    [AU] Australien
    [AW] Aruba
    [AX] Ålandinseln
    [AZ] Aserbaidschan
    [BA] Bosnien und Herzegowina
    [BB] Barbados
    [BD] Bangladesch
    [BE] Belgien
    [BF] Burkina Faso
    [BG] Bulgarien
    [BH] Bahrain
    [BI] Burundi
    [BJ] Benin
    [BL] St. Barthélemy
    [BM] Bermuda
    [BN] Brunei Darussalam
    [BO] Bolivien
    [BQ] Karibische Niederlande
    [BR] Brasilien
    [BS] Bahamas
    [BT] Bhutan
    [BV] Bouvetinsel
    [BW] Botsuana
    [BY] Belarus
    [BZ] Belize
    [CA] Kanada
    [CC] Kokosinseln
    [CD] Kongo-Kinshasa
    [CF] Zentralafrikanische Republik
    [CG] Kongo-Brazzaville
    [CH] Schweiz
    [CI] Côte d’Ivoire
    [CK] Cookinseln
    [CL] Chile
    [CM] Kamerun
    [CN] China
    [CO] Kolumbien
    [CR] Costa Rica
    [CU] Kuba
    [CV] Cabo Verde
    [CW] Curaçao
    [CX] Weihnachtsinsel
    [CY] Zypern
    [CZ] Tschechien
    [DE] Deutschland
    [DJ] Dschibuti
    [DK] Dänemark
    [DM] Dominica
    [DO] Dominikanische Republik
    [DZ] Algerien
    [EC] Ecuador
    [EE] Estland
    [EG] Ägypten
    [EH] Westsahara
    [ER] Eritrea
    [ES] Spanien
    [ET] Äthiopien
    [FI] Finnland
    [FJ] Fidschi
    [FK] Falklandinseln
    [FM] Mikronesien
    [FO] Färöer
    [FR] Frankreich
    [GA] Gabun
    [GB] Vereinigtes Königreich
    [GD] Grenada
    [GE] Georgien
    [GF] Französisch-Guayana
    [GG] Guernsey
    [GH] Ghana
    [GI] Gibraltar
    [GL] Grönland
    [GM] Gambia
    [GN] Guinea
    [GP] Guadeloupe
    [GQ] Äquatorialguinea
    [GR] Griechenland
    [GS] Südgeorgien und die Südlichen Sandwichinseln
    [GT] Guatemala
    [GU] Guam
    [GW] Guinea-Bissau
    [GY] Guyana
    [HK] Hongkong
    [HM] Heard und McDonaldinseln
    [HN] Honduras
    [HR] Kroatien
    [HT] Haiti
    [HU] Ungarn
    [ID] Indonesien
    [IE] Irland
    [IL] Israel
    [IM] Isle of Man
    [IN] Indien
    [IO] Britisches Territorium im Indischen Ozean
    [IQ] Irak
    [IR] Iran
    [IS] Island
    [IT] Italien
    [JE] Jersey
    [JM] Jamaika
    [JO] Jordanien
    [JP] Japan
    [KE] Kenia
    [KG] Kirgisistan
    [KH] Kambodscha
    [KI] Kiribati
    [KM] Komoren
    [KN] St. Kitts und Nevis
    [KP] Nordkorea
    [KR] Südkorea
    [KW] Kuwait
    [KY] Kaimaninseln
    [KZ] Kasachstan
    [LA] Laos
    [LB] Libanon
    [LC] St. Lucia
    [LI] Liechtenstein
    [LK] Sri Lanka
    [LR] Liberia
    [LS] Lesotho
    [LT] Litauen
    [LU] Luxemburg
    [LV] Lettland
    [LY] Libyen
    [MA] Marokko
    [MC] Monaco
    [MD] Republik Moldau
    [ME] Montenegro
    [MF] St. Martin
    [MG] Madagaskar
    [MH] Marshallinseln
    [MK] Nordmazedonien
    [ML] Mali
    [MM] Myanmar
    [MN] Mongolei
    [MO] Macau
    [MP] Nördliche Marianen
    [MQ] Martinique
    [MR] Mauretanien
    [MS] Montserrat
    [MT] Malta
    [MU] Mauritius
    [MV] Malediven
    [MW] Malawi
    [MX] Mexiko
    [MY] Malaysia
    [MZ] Mosambik
    [NA] Namibia
    [NC] Neukaledonien
    [NE] Niger
    [NF] Norfolkinsel
    [NG] Nigeria
    [NI] Nicaragua
    [NL] Niederlande
    [NO] Norwegen
    [NP] Nepal
    [NR] Nauru
    [NU] Niue
    [NZ] Neuseeland
    [OM] Oman
    [PA] Panama
    [PE] Peru
    [PF] Französisch-Polynesien
    [PG] Papua-Neuguinea
    [PH] Philippinen
    [PK] Pakistan
    [PL] Polen
    [PM] St. Pierre und Miquelon
    [PN] Pitcairninseln
    [PR] Puerto Rico
    [PS] Palästinensische Autonomiegebiete
    [PT] Portugal
    [PW] Palau
    [PY] Paraguay
    [QA] Katar
    [RE] Réunion
    [RO] Rumänien
    [RS] Serbien
    [RU] Russland
    [RW] Ruanda
    [SA] Saudi-Arabien
    [SB] Salomonen
    [SC] Seychellen
    [SD] Sudan
    [SE] Schweden
    [SG] Singapur
    [SH] St. Helena
    [SI] Slowenien
    [SJ] Spitzbergen und Jan Mayen
    [SK] Slowakei
    [SL] Sierra Leone
    [SM] San Marino
    [SN] Senegal
    [SO] Somalia
    [SR] Suriname
    [SS] Südsudan
    [ST] São Tomé und Príncipe
    [SV] El Salvador
    [SX] Sint Maarten
    [SY] Syrien
    [SZ] Eswatini
    [TC] Turks- und Caicosinseln
    [TD] Tschad
    [TF] Französische Süd- und Antarktisgebiete
    [TG] Togo
    [TH] Thailand
    [TJ] Tadschikistan
    [TK] Tokelau
    [TL] Timor-Leste
    [TM] Turkmenistan
    [TN] Tunesien
    [TO] Tonga
    [TR] Türkei
    [TT] Trinidad und Tobago
    [TV] Tuvalu
    [TW] Taiwan
    [TZ] Tansania
    [UA] Ukraine
    [UG] Uganda
    [UM] Amerikanische Überseeinseln
    [US] Vereinigte Staaten
    [UY] Uruguay
    [UZ] Usbekistan
    [VA] Vatikanstadt
    [VC] St. Vincent und die Grenadinen
    [VE] Venezuela
    [VG] Britische Jungferninseln
    [VI] Amerikanische Jungferninseln
    [VN] Vietnam
    [VU] Vanuatu
    [WF] Wallis und Futuna
    [WS] Samoa
    [YE] Jemen
    [YT] Mayotte
    [ZA] Südafrika
    [ZM] Sambia
    [ZW] Simbabwe
   *[other] { $name }
}
