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
