"""Closures of the NYSE on weekdays from 1953 to 2026, and its early closes from 1990, in New York's time, into pandas_market_calendars.json.

    pip install pandas-market-calendars==5.5.0 pandas==3.1.1 && python -P pandas_market_calendars.py        -P: or this file would stand in for the package
"""

import json
from pathlib import Path

import pandas as pd
import pandas_market_calendars as calendars

FIRST, LAST = "1953-01-01", "2026-12-31"
schedule = calendars.get_calendar("NYSE").schedule(FIRST, LAST)
weekdays = pd.bdate_range(FIRST, LAST)
closed = [day for day in weekdays if day not in schedule.index]
close = schedule["market_close"].dt.tz_convert("America/New_York").dt.strftime("%H:%M")
early = close[(close.index >= "1990-01-01") & (close != "16:00")]


def by_year(days):
    years = {}
    for day in days:
        years.setdefault(str(day.year), []).append(day.strftime("%m-%d"))
    return years


out = {"closed": by_year(closed), "early": {day.strftime("%Y-%m-%d"): time for day, time in early.items()}}
Path(__file__).with_suffix(".json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
