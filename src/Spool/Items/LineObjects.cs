namespace Spool.Storage;

/// <summary>Reads the JSON objects of a line, as leniently as items are read, for files of lines that are not rollouts.</summary>
public static class LineObjects
{
    /// <summary>Finds the objects: one in a sound line; in others whatever whole ones are there, one behind the other.</summary>
    /// <param name="line">The line without its line end.</param>
    /// <returns>Where each object is, and its JSON: what strings may not hold is mended.</returns>
    public static IEnumerable<(Range Place, ReadOnlyMemory<byte> Json)> In(ReadOnlyMemory<byte> line)
    {
        for (var at = 0; Next(line.Span, at) is { } place; at = place.End.Value)
            yield return (place, JsonRepair.Mend(line[place]));
    }

    static Range? Next(ReadOnlySpan<byte> line, int at)
    {
        // A few starts are tried in vain, not one for each brace of a line that was made to be slow.
        for (var attempt = 0; attempt < 64 && line[at..].IndexOf((byte)'{') is >= 0 and var found; attempt++)
        {
            at += found;
            if (JsonText.EndOfValue(line, at) is >= 0 and var end)
                return at..end;
            at++;
        }
        return null;
    }
}
