"""Says as JSON what python3-icalendar reads in the calendar on stdin."""
import json
import sys

from icalendar import Calendar

cal = Calendar.from_ical(sys.stdin.buffer.read())
(event,) = cal.walk("VEVENT")
for part in [cal, *cal.walk()]:
    if part.errors:
        sys.exit(f"faults: {part.errors}")


def utc(prop):
    if prop.dt.utcoffset().total_seconds() != 0:
        sys.exit("not in UTC")
    return prop.dt.strftime("%Y-%m-%dT%H:%M:%SZ")


print(json.dumps({
    "Method": cal["METHOD"],
    "UID": event["UID"],
    "Start": utc(event["DTSTART"]),
    "End": utc(event["DTEND"]),
    "Summary": event["SUMMARY"],
    "Location": event["LOCATION"],
    "Status": event["STATUS"],
    "Sequence": event["SEQUENCE"],
    "Alarms": len(event.walk("VALARM")),
    "Organizer": event["ORGANIZER"],
    "Attendee": event["ATTENDEE"],
}))
