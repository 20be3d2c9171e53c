namespace Spool.TestKit;

/// <summary>Makes texts that look more or less like a cursor and are none.</summary>
static class Garbage
{
    public static IEnumerable<string> Of(string cursor) =>
        [
            "",
            " ",
            "x",
            "null",
            "%",
            "💥",
            "{\"anchor\":1}",
            "2026-04-30T09:15:00.120Z|01a20428-d3ad-73a1-92e6-c2af64741e38",
            new string('A', cursor.Length),
            new string('A', 100_000),
            cursor[1..],
            cursor[..^1],
            cursor + "A",
            cursor + "=",
            " " + cursor,
            cursor + "\n",
            string.Concat(cursor.Reverse()),
            cursor[..5] + "%" + cursor[6..],
            cursor[..5] + "=" + cursor[6..],
            cursor[..5] + " " + cursor[6..],
            cursor[..5] + "é" + cursor[6..],
            Convert.ToBase64String([1, .. new byte[32]]), // as an earlier version made them
            (cursor[0] == 'B' ? 'C' : 'B') + cursor[1..],
        ];
}
