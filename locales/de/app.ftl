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
