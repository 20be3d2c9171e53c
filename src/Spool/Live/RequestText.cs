using System.Text;

namespace Spool;

/// <summary>Takes from a user's message, piece by piece, what its writer asked for: the text after the marker that clients put before it,
/// without surrounding space.</summary>
/// <remarks>No more is kept than a <see cref="StoredThread"/> shows of it, and one character, by which it shows that there was
/// more.</remarks>
sealed class RequestText
{
    const string Marker = "## My request for Codex:";
    const int Kept = StoredThread.MaxTextLength + 1;

    readonly StringBuilder _text = new();
    bool _isBehindMarker;
    string _end = ""; // of what came before, too short to hold the marker

    /// <summary>Takes in the next piece.</summary>
    public void Add(string piece)
    {
        if (_isBehindMarker)
        {
            Keep(piece);
            return;
        }
        var both = _end + piece;
        var marker = both.IndexOf(Marker, StringComparison.Ordinal);
        if (marker < 0)
        {
            Keep(piece);
            _end = both[Math.Max(0, both.Length - Marker.Length + 1)..];
            return;
        }
        _isBehindMarker = true;
        _text.Clear();
        Keep(both.AsSpan(marker + Marker.Length));
    }

    /// <summary>Takes in a JSON string, as it stands between its quotes.</summary>
    public void Add(ReadOnlySpan<byte> json)
    {
        while (!json.IsEmpty)
            Add(LongText.Next(ref json));
    }

    /// <summary>Gives the request, or null when there is none.</summary>
    public string? Take() => _text.ToString().TrimEnd() is { Length: > 0 } text ? text : null;

    void Keep(ReadOnlySpan<char> piece)
    {
        if (_text.Length == 0)
            piece = piece.TrimStart();
        var kept = Math.Min(piece.Length, Kept - _text.Length);
        _text.Append(piece[..kept]);
        // Space counts only when something follows it, however far behind.
        if (kept < piece.Length && char.IsWhiteSpace(_text[^1]) && !piece[kept..].IsWhiteSpace())
            _text[^1] = '…';
    }
}
