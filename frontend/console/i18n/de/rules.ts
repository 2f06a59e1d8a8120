export const rules = {
  'form.want_selectors':
    'Eine dieser Zeilen ist kein CSS-Selektor, der sich prüfen lässt. Schreiben Sie ihn wie in einer Formatvorlage, etwa .account, ohne Zustände und Pseudoelemente.',
  'rules.bad_line': 'Zeile {number}, „{text}“, ist kein CSS-Selektor. Berichtigen Sie sie vor dem Speichern.',
  'rules.block': 'Ausblenden',
  'rules.block_hint': 'CSS-Selektoren, einer je Zeile. Die Kollegen sehen ein graues Feld gleicher Größe.',
  'rules.counts': '{show} gezeigt, {mask} verdeckt, {block} ausgeblendet',
  'rules.days': 'Tage, die Aufzeichnungen bleiben',
  'rules.days_hint':
    'Von 1 bis 365. Kunden lesen diese Zahl, wenn sie gefragt werden; sie gilt für Aufzeichnungen, die ab jetzt beginnen.',
  'rules.deny': 'Nur zeigen, was oben steht',
  'rules.deny_hint': 'Angaben auf den Seiten selbst (data-cobrowse="show") zeigen dann nichts.',
  'rules.empty': 'Noch keine Websites. Legen Sie eine unter „Websites“ an; ihre Regeln stehen dann hier.',
  'rules.enabled': 'Kunden können ihre Seite zeigen',
  'rules.enabled_hint': 'Aus: Niemand kann darum gebeten werden, und es gibt keinen Code.',
  'rules.group_done': 'Was getan werden darf',
  'rules.group_kept': 'Aufzeichnung',
  'rules.group_seen': 'Was zu sehen ist',
  'rules.intro':
    'Was zu sehen ist, wenn Kunden ihre Seite zeigen. Text ist verdeckt, solange er hier nicht gezeigt wird.',
  'rules.mask': 'Verdecken',
  'rules.mask_hint':
    'CSS-Selektoren, einer je Zeile. Statt Text sind Punkte zu sehen, auch innerhalb dessen, was gezeigt wird.',
  'rules.one': 'Regeln einer Website',
  'rules.only_listed': 'nur was aufgeführt ist',
  'rules.recorded': 'darf aufgezeichnet werden',
  'rules.recording': 'Sitzungen dürfen aufgezeichnet werden',
  'rules.recording_hint':
    'Nur nachdem der Kunde auf eine eigene Frage hin zugestimmt hat. Sonst bleibt nichts von dem, was zu sehen war.',
  'rules.show': 'Zeigen',
  'rules.show_hint':
    'CSS-Selektoren, einer je Zeile, etwa main oder .price. Passwörter, Zahlungsfelder und Kartennummern bleiben trotzdem verdeckt.',
  'rules.submit': 'Formulare dürfen abgeschickt werden',
  'rules.submit_hint':
    'Nur wenn der Kunde die Seite steuern lässt und gelesen hat, dass Formulare für ihn abgeschickt werden.',
  'rules.title': 'Co-Browsing',
  'recording.gone': 'Aufzeichnung am {time} gelöscht, weil ihre Zeit um war',
  'recording.gone_by': 'Aufzeichnung am {time} von {by} gelöscht',
  'recording.kept': 'Aufgezeichnet',
  'recording.play': 'Aufzeichnung abspielen',
  'recording.remove': 'Aufzeichnung löschen',
  'recording.removed': 'Aufzeichnung gelöscht',
  'recording.until': 'bleibt bis {time}',
  'rules.html': 'HTML einer Seite',
  'rules.preview': 'Ausprobieren',
  'rules.preview_agents': 'Was zu sehen ist',
  'rules.preview_bad': 'Eine Zeile oben ist kein Selektor: Die Seite eines Kunden würde nichts zeigen.',
  'rules.preview_counts': '{shown} lesbar, {masked} verdeckt, {blocked} ausgeblendet',
  'rules.preview_page': 'Die Seite',
  'rules.preview_text':
    'Fügen Sie das HTML einer Seite ein. Es bleibt in diesem Browser und durchläuft, was auf den Seiten der Kunden läuft, mit den Regeln, wie sie oben stehen.',
  'rules.preview_wait': 'Die Seite wird gelesen …',
  'rules.sample': 'Beispielseite nehmen',
}
