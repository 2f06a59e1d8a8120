import { dictionary } from '../../shared/i18n'

/** Everything that the player of recordings says. */
export const texts = dictionary({
  en: {
    label: 'The recorded page',
    page: 'What the customer saw',
    title: 'Recording: {name}',
    unnamed: 'customer',
    recorded: 'Recorded {time}',
    watched: 'Watched by {names}',
    until: 'Will be deleted {time}',
    controls: 'Playing',
    play: 'Play',
    pause: 'Pause',
    place: 'Place in the recording',
    speed: 'Speed',
    of: '{at} of {length}',
    waiting: 'The recording is being read …',
    over_offline: 'The line to the server is down. Load this page again to go on.',
    over_unauthorized: 'You are not signed in any more. Sign in, then open the recording again.',
    over_forbidden: 'Only supervisors and who watched this session may play its recording.',
    over_not_found: 'There is no such recording.',
    over_recording_deleted: 'This recording has been deleted. Who made it and when stays in the history.',
    over_recording: 'This is being recorded now. It can be played once the recording has ended.',
    over_unreadable:
      'This recording can’t be read: its file was changed, or the secret of this centre is another one now.',
    over_empty: 'There is nothing on this recording: it ended before the page was sent.',
    over: 'This recording can’t be played now. Load this page again.',
  },
  de: {
    label: 'Die aufgezeichnete Seite',
    page: 'Was der Kunde gesehen hat',
    title: 'Aufzeichnung: {name}',
    unnamed: 'Kunde',
    recorded: 'Aufgezeichnet {time}',
    watched: 'Gesehen von {names}',
    until: 'Wird gelöscht am {time}',
    controls: 'Wiedergabe',
    play: 'Abspielen',
    pause: 'Anhalten',
    place: 'Stelle in der Aufzeichnung',
    speed: 'Tempo',
    of: '{at} von {length}',
    waiting: 'Die Aufzeichnung wird gelesen …',
    over_offline: 'Die Verbindung zum Server ist unterbrochen. Laden Sie diese Seite neu, um fortzufahren.',
    over_unauthorized:
      'Sie sind nicht mehr angemeldet. Melden Sie sich an und öffnen Sie die Aufzeichnung noch einmal.',
    over_forbidden: 'Nur Vorgesetzte und wer diese Sitzung gesehen hat, dürfen ihre Aufzeichnung abspielen.',
    over_not_found: 'Diese Aufzeichnung gibt es nicht.',
    over_recording_deleted: 'Diese Aufzeichnung wurde gelöscht. Wer sie wann gemacht hat, bleibt im Verlauf.',
    over_recording: 'Hier wird gerade aufgezeichnet. Abspielen lässt sich die Aufzeichnung, sobald sie beendet ist.',
    over_unreadable:
      'Diese Aufzeichnung ist nicht lesbar: Ihre Datei wurde verändert, oder das Geheimnis dieser Anlage ist jetzt ein anderes.',
    over_empty: 'Auf dieser Aufzeichnung ist nichts: Sie endete, bevor die Seite übertragen war.',
    over: 'Diese Aufzeichnung lässt sich gerade nicht abspielen. Laden Sie diese Seite neu.',
  },
})

export type TextKey = keyof typeof texts.en
