"""Reads an archive with pyarrow and compares silver with bronze, and gold with silver, exactly."""

import decimal
import glob
import gzip
import json
import os
import sys

import pyarrow
import pyarrow.parquet as parquet

decimal.getcontext().prec = 60
root = sys.argv[1]
HOUR, DAY = 3_600_000, 86_400_000
PRICES = ["open", "high", "low", "close", "volume"]
checked = 0


def rows_of(pattern):
    rows = []
    for path in sorted(glob.glob(os.path.join(root, pattern))):
        table = parquet.ParquetFile(path).read()
        for name in PRICES:
            assert table.schema.field(name).type == pyarrow.decimal128(38, 18), table.schema
        assert table.schema.field("open_time").type == pyarrow.timestamp("ms", tz="UTC"), table.schema
        times = table["open_time"].cast(pyarrow.int64()).to_pylist()
        rows += [dict(row, open_time=time) for time, row in zip(times, table.to_pylist())]
    return rows


for folder in sorted(glob.glob(os.path.join(root, "silver/binance/klines/*/*"))):
    series = os.path.relpath(folder, os.path.join(root, "silver"))
    silver = rows_of(os.path.join("silver", series, "*.parquet"))

    raw = []
    for path in sorted(glob.glob(os.path.join(root, "bronze", series, "*/*.json.gz"))):
        raw += json.load(gzip.open(path))
    rejects = []
    for path in glob.glob(os.path.join(root, "rejects", series, "*.jsonl")):
        rejects += [json.loads(line) for line in open(path)]
    aside = [json.dumps(reject["raw"]) for reject in rejects if "raw" in reject]
    kept = list(raw)
    for row in raw:
        if json.dumps(row) in aside:
            aside.remove(json.dumps(row))
            kept.remove(row)
    assert not aside
    assert len(kept) == len(silver), (series, len(kept), len(silver))
    for index, name in [(1, "open"), (2, "high"), (3, "low"), (4, "close"), (5, "volume"), (7, "quote_volume")]:
        expected = [None if row[index] is None else decimal.Decimal(row[index]) for row in kept]
        assert expected == [row[name] for row in silver], (series, name)
    assert [row[0] for row in kept] == [row["open_time"] for row in silver]
    assert [row[8] for row in kept] == [row["trades"] for row in silver]

    symbol, timeframe = (part.split("=")[1] for part in series.split(os.sep)[-2:])
    for target, length in [("1h", HOUR), ("1d", DAY)]:
        pattern = f"gold/binance/klines/symbol={symbol}/timeframe={target}/from={timeframe}/*.parquet"
        gold = rows_of(pattern)
        if target == timeframe:
            assert not gold
            continue
        assert sum(bar["bars"] for bar in gold) == len(silver)
        assert sum(bar["volume"] for bar in gold) == sum(row["volume"] for row in silver)
        for bar in gold:
            part = [row for row in silver if row["open_time"] // length * length == bar["open_time"]]
            assert bar["open"] == part[0]["open"] and bar["close"] == part[-1]["close"]
            assert bar["high"] == max(row["high"] for row in part)
            assert bar["low"] == min(row["low"] for row in part)
            assert bar["bars"] == len(part)
            unknown = any(row["quote_volume"] is None for row in part)
            assert bar["quote_volume"] == (None if unknown else sum(row["quote_volume"] for row in part))
            step = 60_000 if timeframe == "1m" else HOUR
            assert bar["complete"] == (len(part) == length // step)
    print(series, len(silver), sum(row["volume"] for row in silver))
    checked += 1

print(f"{checked} series agree")
