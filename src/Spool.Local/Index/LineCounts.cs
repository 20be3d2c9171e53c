using System.Text.Unicode;

namespace Spool;

/// <summary>Counts the lines of a pass.</summary>
/// <param name="start">What the passes before counted.</param>
/// <param name="maxLineBytes">The longest line that callers are given whole.</param>
sealed class LineCounts(ScanState start, int maxLineBytes)
{
    long _length = start.Length;
    long _lines = start.Items;
    long _badLines = start.BadLines;
    long _firstBadLine = start.FirstBadLine;
    long _cutLines = start.CutLines;
    long? _firstItemAtMs = start.FirstItemAtMs;
    long _appendOrdinal = start.AppendOrdinal;
    long _unreadableRun; // how many lines just before could not be read

    /// <summary>Gets the end of the last line.</summary>
    public long Length => _length;

    /// <summary>Gets the number of items so far.</summary>
    public long Items => _lines;

    /// <summary>Gets the ordinal of the next item if its line carries none.</summary>
    public long NextOrdinal { get; private set; } = start.NextOrdinal;

    /// <summary>Takes in a line with nothing in it.</summary>
    public void TakeBlank(LogLine line) => _length = line.End;

    /// <summary>Takes in a line.</summary>
    public void Take(LogLine line, RolloutItem item)
    {
        _lines++;
        if (item.Kind == RolloutItemKind.Unreadable || !Utf8.IsValid(line.Bytes.Span) && line.Length == line.Bytes.Length)
        {
            _badLines++;
            if (_firstBadLine == 0)
                _firstBadLine = _lines;
        }
        else if (line.Length > maxLineBytes)
            _cutLines++;
        _firstItemAtMs ??= item.Timestamp?.ToUnixTimeMilliseconds();
        NextOrdinal = Math.Max(item.Ordinal, NextOrdinal) + 1;
        // What is appended goes on from the ordinals that lines carry. Lines that cannot be read are counted, until the next one carries an ordinal that shows that they had none.
        var ordinal = item.CarriedOrdinal ?? _appendOrdinal;
        _appendOrdinal = Math.Max(ordinal, ordinal < _appendOrdinal ? _appendOrdinal - _unreadableRun : _appendOrdinal) + 1;
        _unreadableRun = item.Kind == RolloutItemKind.Unreadable ? _unreadableRun + 1 : 0;
        _length = line.End;
    }

    /// <summary>Gives what the next pass goes on from.</summary>
    public ScanState ToScanState(ThreadFacts facts, ulong edgeHash, string? inheritedPreview) => new()
    {
        Facts = facts,
        Length = _length,
        Items = _lines,
        NextOrdinal = NextOrdinal,
        AppendOrdinal = _appendOrdinal,
        EdgeHash = edgeHash,
        BadLines = _badLines,
        FirstBadLine = _firstBadLine,
        CutLines = _cutLines,
        FirstItemAtMs = _firstItemAtMs,
        InheritedPreview = inheritedPreview,
    };
}
