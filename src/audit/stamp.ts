// The time stamps of log lines, made once per second. Local time.
// `YY/M/D@HH:MM:SS` with month and day unpadded (file logs), `Mon DD HH:MM:SS` with the day padded by a blank (syslog).
// compat: compat/001-tcp-nowait-basic, compat/044-syslog.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Makes stamps from wall-clock milliseconds. */
export type Stamp = (nowMs: number) => string;

/** The stamp of file logs. */
export function fileStamp(): Stamp {
  return oncePerSecond((date) => {
    const day = `${twoDigits(date.getFullYear() % 100)}/${date.getMonth() + 1}/${date.getDate()}`;
    return `${day}@${timeOf(date)}`;
  });
}

/** The stamp of syslog datagrams. */
export function syslogStamp(): Stamp {
  return oncePerSecond((date) => {
    const month = MONTHS[date.getMonth()] ?? '';
    return `${month} ${String(date.getDate()).padStart(2, ' ')} ${timeOf(date)}`;
  });
}

function oncePerSecond(make: (date: Date) => string): Stamp {
  let madeFor = Number.NaN;
  let text = '';
  return (nowMs) => {
    const second = Math.floor(nowMs / 1000);
    if (second !== madeFor) {
      madeFor = second;
      text = make(new Date(second * 1000));
    }
    return text;
  };
}

function timeOf(date: Date): string {
  return `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}:${twoDigits(date.getSeconds())}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
