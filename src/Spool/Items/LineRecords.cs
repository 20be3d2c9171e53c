namespace Spool;

/// <summary>Finds the whole records in a line that is not exactly one: two on a line, one behind the rest of a cut one, one before
/// garbage.</summary>
static class LineRecords
{
    // How many bytes may be read in vain for each byte of the line. Only a line made for it needs more; its records are not found then.
    const int VainShare = 16;

    /// <summary>Finds the records, in order: objects with a type and, as their payload, an object.</summary>
    /// <param name="line">The line, which is not one record.</param>
    /// <returns>Where each of them is in the line, and its envelope, whose ranges are those of the record.</returns>
    public static List<(Range Place, ItemEnvelope Envelope)> Find(ReadOnlySpan<byte> line)
    {
        var records = new List<(Range, ItemEnvelope)>();
        var vain = 0L;
        var recovered = 0;
        for (var at = 0; Next(line, at) is >= 0 and var start && vain <= (long)VainShare * line.Length; )
        {
            var end = JsonText.EndOfValue(line, start);
            if (end < 0)
            {
                vain += ~end - start;
                at = start + 1;
                continue;
            }
            var envelope = ItemEnvelope.Read(line[start..end]);
            // An object without an envelope is a record only beside others; inside of a cut one it is a part of that.
            if (
                envelope is { Kind: not RolloutItemKind.Unreadable, Payload: { } payload }
                && line[start..end][payload][0] == '{'
                && (!envelope.IsBare || JsonText.SkipSpace(line, recovered) == start)
            )
            {
                records.Add((start..end, envelope));
                at = recovered = end;
            }
            else
            {
                vain += end - start;
                at = start + 1;
            }
        }
        return records;
    }

    // A record begins with one of the members that records have.
    static int Next(ReadOnlySpan<byte> line, int at)
    {
        while (at < line.Length && line[at..].IndexOf((byte)'{') is >= 0 and var found)
        {
            at += found;
            var rest = line[JsonText.SkipSpace(line, at + 1)..];
            if (
                rest.StartsWith("\"id\""u8)
                || rest.StartsWith("\"timestamp\""u8)
                || rest.StartsWith("\"ordinal\""u8)
                || rest.StartsWith("\"type\""u8)
                || rest.StartsWith("\"payload\""u8)
                || rest.StartsWith("\"metadata\""u8)
            )
                return at;
            at++;
        }
        return -1;
    }
}
