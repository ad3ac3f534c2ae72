// The payment page of a session: a plain HTML form, without scripts.
import type Stripe from 'stripe';
import type { Payment } from './ledger.js';
import type { NewSession } from './parameters.js';

/** The buttons of the page. */
export const BUTTONS: Record<Payment, string> = {
  card: 'Pay by card',
  declined_card: 'Pay with a card that is declined',
  bank_debit: 'Pay by bank debit',
};

export function paymentPage(session: Stripe.Checkout.Session, request: NewSession, declined: boolean): string {
  const title = session.status === 'open' ? 'Pay' : session.status === 'complete' ? 'You have paid' : 'This page has expired';
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>${title} · the double of Stripe</title>
  <link rel="icon" href="data:,">
</head>
<body>
  <main>
    <h1>${title}</h1>
    ${request.items.map((item) => `<p>${item.quantity} × ${escape(item.name)}</p>`).join('\n    ')}
    <p data-testid="total">${session.amount_total} ${escape(session.currency ?? '')}</p>
    ${session.customer_email ? `<p data-testid="email">${escape(session.customer_email)}</p>` : ''}
    ${declined ? '<p role="alert">Your card was declined. Try another one.</p>' : ''}
    ${session.status === 'open' ? form(session) : ''}
    ${session.cancel_url ? `<p><a href="${escape(session.cancel_url)}">Back to the shop</a></p>` : ''}
  </main>
</body>
</html>
`;
}

function form(session: Stripe.Checkout.Session): string {
  const buttons = Object.entries(BUTTONS).map(([value, label]) => `<button name="payment" value="${value}">${label}</button>`);
  return `<form method="post" action="/pay/${session.id}">${buttons.join(' ')}</form>`;
}

/** The address to which Stripe sends the shopper after paying. */
export function successUrl(session: Stripe.Checkout.Session): string {
  return (session.success_url ?? '').replaceAll('{CHECKOUT_SESSION_ID}', session.id);
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
