import {
  CircleHelp,
  type LucideIcon,
  Mail,
  MessageCircle,
  MonitorSmartphone,
  Phone,
  Radio,
  Smartphone,
  SquarePen,
} from 'lucide-react'
import { type Key, useI18n } from '../i18n'

const CHANNELS: Record<string, { icon: LucideIcon; label: Key }> = {
  email: { icon: Mail, label: 'channel.email' },
  web_chat: { icon: MessageCircle, label: 'channel.web_chat' },
  web_form: { icon: SquarePen, label: 'channel.web_form' },
  callback: { icon: Phone, label: 'channel.callback' },
  cobrowse: { icon: MonitorSmartphone, label: 'channel.cobrowse' },
  monitoring: { icon: Radio, label: 'channel.monitoring' },
  sms: { icon: Smartphone, label: 'channel.sms' },
}

/** The channels that a person may filter by. */
export const FILTER_CHANNELS = ['email', 'web_chat', 'web_form', 'callback'] as const

export function channelKey(channel: string): Key {
  return CHANNELS[channel]?.label ?? 'channel.other'
}

export function ChannelIcon({ channel, size = 16, silent }: { channel: string; size?: number; silent?: boolean }) {
  const { t } = useI18n()
  const Icon = CHANNELS[channel]?.icon ?? CircleHelp
  const label = t(channelKey(channel))
  if (silent) return <Icon size={size} aria-hidden="true" className="channel-icon" />
  return (
    <span className="channel-icon" title={label}>
      <Icon size={size} role="img" aria-label={label} />
    </span>
  )
}
