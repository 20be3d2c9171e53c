namespace Spool.Storage;

/// <summary>The ids that begin in some way, as a range of ids in their order.</summary>
/// <param name="First">The least of them.</param>
/// <param name="Last">The greatest of them.</param>
public readonly record struct IdPrefix(ThreadId First, ThreadId Last)
{
    const int Digits = 32;

    /// <summary>Reads the beginning of an id.</summary>
    /// <param name="text">Up to 36 characters: hexadecimal digits in either case, with dashes at the places that they have in an id, or
    /// without any.</param>
    /// <param name="prefix">The ids.</param>
    /// <returns>Whether it is the beginning of an id; an empty text is that of every id.</returns>
    public static bool TryParse(string text, out IdPrefix prefix)
    {
        ArgumentNullException.ThrowIfNull(text);
        prefix = default;
        Span<char> digits = stackalloc char[Digits];
        var (count, hasDashes, lacksDashes) = (0, false, false);
        for (var i = 0; i < text.Length; i++)
        {
            var isPlaceOfDash = count is 8 or 12 or 16 or 20 && !lacksDashes && (i == 0 || text[i - 1] != '-');
            if (text[i] == '-')
            {
                if (!isPlaceOfDash)
                    return false;
                hasDashes = true;
                continue;
            }
            lacksDashes |= isPlaceOfDash;
            if (!char.IsAsciiHexDigit(text[i]) || count == Digits || (hasDashes && lacksDashes))
                return false;
            digits[count++] = text[i];
        }
        prefix = new IdPrefix(Id(digits, count, '0'), Id(digits, count, 'f'));
        return true;
    }

    /// <summary>Says whether an id is one of them.</summary>
    /// <param name="id">The id.</param>
    public bool Contains(ThreadId id) => id.Value.CompareTo(First.Value) >= 0 && id.Value.CompareTo(Last.Value) <= 0;

    static ThreadId Id(Span<char> digits, int count, char rest)
    {
        digits[count..].Fill(rest);
        return new ThreadId(Guid.ParseExact(digits, "N"));
    }
}
