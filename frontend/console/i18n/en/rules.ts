export const rules = {
  'form.want_selectors':
    'One of these lines is no CSS selector that can be checked. Write it as in a style sheet, such as .account, without states and pseudo-elements.',
  'rules.bad_line': 'Line {number}, “{text}”, is no CSS selector. Mend it before you save.',
  'rules.block': 'Block',
  'rules.block_hint': 'CSS selectors, one a line. Agents see a grey box of the same size.',
  'rules.counts': '{show} shown, {mask} masked, {block} blocked',
  'rules.days': 'Days that recordings are kept',
  'rules.days_hint':
    'From 1 to 365. Customers read this number when they are asked; it holds for recordings that begin from now on.',
  'rules.deny': 'Show only what is listed above',
  'rules.deny_hint': 'Marks on the pages themselves (data-cobrowse="show") show nothing then.',
  'rules.empty': 'No sites yet. Add one under Sites; its rules stand here then.',
  'rules.enabled': 'Customers can show their page',
  'rules.enabled_hint': 'Off: nobody can be asked to, and no code is given.',
  'rules.group_done': 'What agents may do',
  'rules.group_kept': 'Recording',
  'rules.group_seen': 'What agents see',
  'rules.intro': 'What agents see when a customer shows their page. Text is masked unless it is shown here.',
  'rules.mask': 'Mask',
  'rules.mask_hint': 'CSS selectors, one a line. Agents see bullets in place of text, also within what is shown.',
  'rules.one': 'Rules of a site',
  'rules.only_listed': 'only what is listed',
  'rules.recorded': 'may be recorded',
  'rules.recording': 'Sessions may be recorded',
  'rules.recording_hint':
    'Only after the customer has agreed to that in a question of its own. Without it nothing of what is seen is kept.',
  'rules.show': 'Show',
  'rules.show_hint':
    'CSS selectors, one a line, such as main or .price. Passwords, payment fields and card numbers stay hidden all the same.',
  'rules.submit': 'Agents may send forms',
  'rules.submit_hint': 'Only when the customer lets them control the page, and has read that forms are sent for them.',
  'rules.title': 'Co-browsing',
}
