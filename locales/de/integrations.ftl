# Die Mails an Käufer auf Deutsch. Leser werden geduzt.

## Mails

mail-received = Bestellung eingegangen: { $product }
    .heading = Deine Bestellung ist da
    .text = Sie liegt bis zum { $time } für dich bereit. Bezahl bis dahin, um sie zu behalten.
mail-receipt = Beleg: { $product }
    .heading = Danke für deine Bestellung
    .text = Deine Zahlung ist angekommen, und die Bestellung gehört dir. Das ist dein Beleg.
mail-expired = Bestellung abgelaufen: { $product }
    .heading = Deine Bestellung ist abgelaufen
    .text = Bis zum { $time } ist keine Zahlung angekommen, deshalb ist die Bestellung beendet.
mail-payment-failed = Zahlung fehlgeschlagen: { $product }
    .heading = Deine Zahlung hat nicht geklappt
    .text = Die Zahlung wurde abgelehnt, deshalb ist die Bestellung beendet.
mail-cancelled = Bestellung storniert: { $product }
    .heading = Deine Bestellung ist storniert
    .text = Wir haben die Bestellung storniert, wie du es wolltest.
mail-cancelled-by-shop = Bestellung storniert: { $product }
    .heading = Der Shop hat deine Bestellung storniert
    .text = Es tut uns leid: Der Shop musste deine Bestellung stornieren.
mail-late-payment = Kommt noch eine Zahlung an, bekommst du die Bestellung, solange sie verfügbar ist. Sonst muss die Zahlung an dich zurück.
mail-refund-accepted = Deine Rückerstattung ist unterwegs: { $product }
    .heading = Deine Rückerstattung ist unterwegs
    .text = Der Zahlungsanbieter hat deine Rückerstattung angenommen. Wir schreiben dir wieder, wenn sie erledigt ist.
mail-refund-done = Rückerstattung erledigt: { $product }
    .heading = Deine Rückerstattung ist erledigt
    .text = Dein Geld wurde zurückgezahlt. Es kann ein paar Tage dauern, bis deine Bank es anzeigt.

## Parts of mails

mail-order = Bestellung
mail-product = Produkt
mail-product-value = { $quantity } × { $product }
mail-total = Gesamtbetrag
mail-pay-by = Bezahlen bis
mail-total-paid = Bezahlt
mail-paid-on = Bezahlt am
mail-transaction = Transaktion
mail-delivery = Lieferung an
mail-ended = Beendet am
mail-refund = Rückerstattung
mail-whole-payment = die ganze Zahlung
mail-unknown-product = deine Bestellung
mail-pay = Bezahlen oder Bestellung ansehen
mail-see = Bestellung ansehen
mail-link-note = Der Link öffnet diese Bestellung 30 Tage lang für alle, die ihn haben. Gib ihn nicht weiter.
mail-questions = Fragen?

## Dates

mail-date-month-first = { $day }. { $month } { $year }, { $time }
mail-date-day-first = { $day }. { $month } { $year }, { $time }
mail-month = { $month ->
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
}
