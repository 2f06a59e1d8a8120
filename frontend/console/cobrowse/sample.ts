/** A page with all that a shop may show, and all that nobody but its customer should see. */
export const SAMPLE = `<style>
  body { margin: 16px; font: 15px/1.5 system-ui, sans-serif; color: #1d2430 }
  label, p { display: block; margin: 8px 0 }
  .account { padding: 8px; border: 1px solid #c6ccd6 }
</style>
<main>
  <h1>Your order</h1>
  <p class="price">Total: 249.90</p>
  <p>Card 4111 1111 1111 1111, account DE89 3704 0044 0532 0130 00</p>
  <a href="/orders/7?token=secret" title="Order 7">Order 7</a>
</main>
<section class="account" data-cobrowse="block">
  <p>Anna Example, 12 Sample Street</p>
</section>
<form>
  <label>Name <input name="name" value="Anna Example" placeholder="First and last name"></label>
  <label>E-mail <input type="email" value="anna@example.com"></label>
  <label>Password <input type="password" value="swordfish"></label>
  <label>Card <input autocomplete="cc-number" value="4111 1111 1111 1111"></label>
  <input type="hidden" name="csrf" value="secret">
  <label>Delivery <select><option>Monday</option><option selected>Tuesday</option></select></label>
  <label>Note <textarea>Please ring twice</textarea></label>
  <label><input type="checkbox" checked> Gift</label>
  <button>Buy</button>
</form>
<svg width="160" height="24"><text x="0" y="16">Words in a drawing</text></svg>
<canvas width="120" height="40"></canvas>
`
